package io.cachepolicy.transactions;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

/**
 * A versioned entity with an assigned id.
 */
@Entity
public class Account {

	@Id
	private long id;

	@Version
	private @Nullable Integer version;

	private String text = "";

	protected Account() {
	}

	public Account(long id, String text) {
		this.id = id;
		this.text = text;
	}

	public long getId() {
		return this.id;
	}

	public @Nullable Integer getVersion() {
		return this.version;
	}

	public String getText() {
		return this.text;
	}

	public Account text(String text) {
		this.text = text;
		return this;
	}

}
