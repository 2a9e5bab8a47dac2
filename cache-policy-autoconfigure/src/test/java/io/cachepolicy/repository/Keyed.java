package io.cachepolicy.repository;

import java.io.Serializable;

import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import org.jspecify.annotations.Nullable;

/**
 * A superclass that leaves the type of the id to its subclasses.
 *
 * @param <K> the type of the id
 */
@MappedSuperclass
abstract class Keyed<K extends Serializable> {

	@Id
	private @Nullable K id;

	private String content = "";

	protected Keyed() {
	}

	Keyed(@Nullable K id, String content) {
		this.id = id;
		this.content = content;
	}

	@Nullable K getId() {
		return this.id;
	}

	String getContent() {
		return this.content;
	}

	void setContent(String content) {
		this.content = content;
	}

}
