package io.cachepolicy.hazelcast.process;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;

/**
 * A row that is never written, and holds one that is.
 */
@Entity
public class Shelf {

	@Id
	private long id;

	@ManyToOne(fetch = FetchType.EAGER)
	private Item item;

	public long getId() {
		return this.id;
	}

	public Item getItem() {
		return this.item;
	}

}
