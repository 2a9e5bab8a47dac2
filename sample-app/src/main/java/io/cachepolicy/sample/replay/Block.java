package io.cachepolicy.sample.replay;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/**
 * A block of a disk, as its last write left it.
 */
@Entity
public class Block {

	@Id
	private Long lbn;

	private int length;

	// Of the trace, the line that wrote this block last
	private long line;

	protected Block() {
	}

	Block(TraceRequest request) {
		this.lbn = request.lbn();
		this.length = request.size();
		this.line = request.line();
	}

	public Long getLbn() {
		return this.lbn;
	}

	public int getLength() {
		return this.length;
	}

	public long getLine() {
		return this.line;
	}

}
