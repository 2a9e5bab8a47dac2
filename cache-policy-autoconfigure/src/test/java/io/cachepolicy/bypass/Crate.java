package io.cachepolicy.bypass;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.OneToMany;

/**
 * An entity that is not cached, whose writes cascade to one that is.
 */
@Entity
class Crate {

	@Id
	private long id;

	@OneToMany(cascade = CascadeType.ALL, orphanRemoval = true)
	@JoinColumn(name = "crate")
	private List<Ware> wares = new ArrayList<>();

	protected Crate() {
	}

	Crate(long id) {
		this.id = id;
	}

	long getId() {
		return this.id;
	}

	List<Ware> getWares() {
		return this.wares;
	}

}
