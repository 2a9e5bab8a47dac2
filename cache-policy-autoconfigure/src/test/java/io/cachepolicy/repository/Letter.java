package io.cachepolicy.repository;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
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

	@ElementCollection(fetch = FetchType.EAGER)
	private final List<String> stamps = new ArrayList<>();

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

	List<String> getStamps() {
		return this.stamps;
	}

	public void setContent(String content) {
		this.content = content;
	}

}
