package io.cachepolicy.benchmarks.app;

import java.math.BigDecimal;
import java.time.Instant;

import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;

/**
 * The seven attributes of all the entities.
 */
@MappedSuperclass
public abstract class AbstractProduct {

	@Id
	private long id;

	private String name = "";

	private String description = "";

	private BigDecimal price = BigDecimal.ZERO;

	private int stock;

	private boolean available;

	private Instant changed = Instant.EPOCH;

	/**
	 * Set all attributes.
	 * @param id the id
	 * @param revision a number that tells this state from others
	 */
	public final void fill(long id, int revision) {
		this.id = id;
		this.name = "product " + id;
		this.description = "revision " + revision + " of product " + id;
		this.price = BigDecimal.valueOf(id % 10_000 + 1, 2);
		this.stock = revision;
		this.available = true;
		this.changed = Instant.ofEpochSecond(revision);
	}

	/**
	 * Set all attributes to those of another product.
	 * @param other the other product
	 */
	public final void fill(AbstractProduct other) {
		this.id = other.id;
		this.name = other.name;
		this.description = other.description;
		this.price = other.price;
		this.stock = other.stock;
		this.available = other.available;
		this.changed = other.changed;
	}

	/**
	 * Set all attributes.
	 * @param id the id
	 * @param name the name
	 * @param description the description
	 * @param price the price
	 * @param stock the stock
	 * @param available whether it is available
	 * @param changed when it was changed
	 */
	public final void set(long id, String name, String description, BigDecimal price, int stock, boolean available,
			Instant changed) {
		this.id = id;
		this.name = name;
		this.description = description;
		this.price = price;
		this.stock = stock;
		this.available = available;
		this.changed = changed;
	}

	/**
	 * Make another state of this product.
	 * @param revision a number that tells the state from others
	 */
	public final void revise(int revision) {
		this.stock = revision;
		this.changed = Instant.ofEpochSecond(revision);
	}

	public final long getId() {
		return this.id;
	}

	public final String getName() {
		return this.name;
	}

	public final String getDescription() {
		return this.description;
	}

	public final BigDecimal getPrice() {
		return this.price;
	}

	public final int getStock() {
		return this.stock;
	}

	public final boolean isAvailable() {
		return this.available;
	}

	public final Instant getChanged() {
		return this.changed;
	}

}
