package io.cachepolicy.hazelcast.process;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/**
 * A row whose amount grows with every write, so that values tell their age.
 */
@Entity
public class Item {

	@Id
	private long id;

	private long amount;

	public long getId() {
		return this.id;
	}

	public void setId(long id) {
		this.id = id;
	}

	public long getAmount() {
		return this.amount;
	}

	public void setAmount(long amount) {
		this.amount = amount;
	}

}
