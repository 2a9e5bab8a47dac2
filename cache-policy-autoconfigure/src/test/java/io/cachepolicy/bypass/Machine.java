package io.cachepolicy.bypass;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

/**
 * The root of a hierarchy of several tables, with a version.
 */
@Entity
@Inheritance(strategy = InheritanceType.JOINED)
class Machine {

	@Id
	private long id;

	@Version
	private @Nullable Long version;

	private int price;

	protected Machine() {
	}

	Machine(long id, int price) {
		this.id = id;
		this.price = price;
	}

	long getId() {
		return this.id;
	}

	int getPrice() {
		return this.price;
	}

	void setPrice(int price) {
		this.price = price;
	}

}
