package io.cachepolicy.journal.process;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/**
 * A row without a version, to which others refer.
 */
@Entity
public class Box {

	@Id
	private long id;

	private long number;

	protected Box() {
	}

	public Box(long id, long number) {
		this.id = id;
		this.number = number;
	}

	public long getId() {
		return this.id;
	}

	public long getNumber() {
		return this.number;
	}

}
