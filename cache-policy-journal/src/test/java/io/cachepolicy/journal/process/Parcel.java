package io.cachepolicy.journal.process;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Version;

/**
 * A row with a version, which refers to another one.
 */
@Entity
public class Parcel {

	@Id
	private long id;

	@Version
	private Long version;

	@Column(nullable = false)
	private Long number;

	@ManyToOne(fetch = FetchType.LAZY)
	private Box box;

	protected Parcel() {
	}

	public Parcel(long id, Long number, Box box) {
		this.id = id;
		this.number = number;
		this.box = box;
	}

	public long getId() {
		return this.id;
	}

	public Long getNumber() {
		return this.number;
	}

	public void setNumber(Long number) {
		this.number = number;
	}

	public Long getVersion() {
		return this.version;
	}

	public Box getBox() {
		return this.box;
	}

}
