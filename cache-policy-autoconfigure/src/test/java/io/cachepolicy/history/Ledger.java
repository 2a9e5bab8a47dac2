package io.cachepolicy.history;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

/**
 * A row with a version: who writes it has to have read its last state.
 */
@Entity
public class Ledger implements Register {

	@Id
	private long id;

	@Version
	private @Nullable Integer version;

	private String text = "";

	protected Ledger() {
	}

	public Ledger(long id) {
		this.id = id;
	}

	@Override
	public String getText() {
		return this.text;
	}

	@Override
	public void setText(String text) {
		this.text = text;
	}

	public long getId() {
		return this.id;
	}

}
