package io.cachepolicy.bypass;

import java.util.Set;
import java.util.TreeSet;

import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;

/**
 * An entity without a version, with rows of its own in a second table.
 */
@Entity
class Ware {

	@Id
	private long id;

	private int price;

	private int stock;

	@ElementCollection(fetch = FetchType.EAGER)
	private Set<String> tags = new TreeSet<>();

	protected Ware() {
	}

	Ware(long id, int price) {
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

	int getStock() {
		return this.stock;
	}

	void setStock(int stock) {
		this.stock = stock;
	}

	Set<String> getTags() {
		return this.tags;
	}

	@Override
	public String toString() {
		return this.price + "" + this.tags;
	}

}
