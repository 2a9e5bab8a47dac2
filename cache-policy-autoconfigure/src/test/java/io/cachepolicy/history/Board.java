package io.cachepolicy.history;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/**
 * A row without a version: its last writer wins.
 */
@Entity
public class Board implements Register {

	@Id
	private long id;

	private String text = "";

	protected Board() {
	}

	public Board(long id) {
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
