package io.cachepolicy.repository;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

/**
 * An entity with a version.
 */
@Entity
public class Letter {

	@Id
	private @Nullable Long id;

	@Version
	private @Nullable Long version;

	private String content = "";

	protected Letter() {
	}

	Letter(Long id, String content) {
		this.id = id;
		this.content = content;
	}

	public @Nullable Long getId() {
		return this.id;
	}

	public @Nullable Long getVersion() {
		return this.version;
	}

	public String getContent() {
		return this.content;
	}

	public void setContent(String content) {
		this.content = content;
	}

}
