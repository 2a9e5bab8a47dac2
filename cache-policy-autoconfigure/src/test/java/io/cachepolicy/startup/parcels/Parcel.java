package io.cachepolicy.startup.parcels;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

@Entity
public class Parcel {

	@Id
	private Long id = 0L;

	private String label = "";

	protected Parcel() {
	}

	public Parcel(Long id, String label) {
		this.id = id;
		this.label = label;
	}

	public Long getId() {
		return this.id;
	}

	public String getLabel() {
		return this.label;
	}

}
