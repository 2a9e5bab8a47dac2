package io.cachepolicy.testsupport;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A mutable value with a key of its own.
 */
public class Item {

	private @Nullable Long id;

	private String name;

	public Item(@Nullable Long id, String name) {
		this.id = id;
		this.name = name;
	}

	public @Nullable Long getId() {
		return this.id;
	}

	public void setId(@Nullable Long id) {
		this.id = id;
	}

	public String getName() {
		return this.name;
	}

	public void setName(String name) {
		this.name = name;
	}

	public Item copy() {
		return new Item(this.id, this.name);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof Item item && Objects.equals(this.id, item.id) && this.name.equals(item.name);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.id, this.name);
	}

	@Override
	public String toString() {
		return this.name;
	}

}
