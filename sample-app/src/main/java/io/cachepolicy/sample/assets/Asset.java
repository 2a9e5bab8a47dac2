package io.cachepolicy.sample.assets;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/**
 * What a content delivery network knows about a file. Never changed after it was
 * published, so that callers can share the cached instance.
 */
@Entity
public class Asset {

	@Id
	private String name;

	private String contentType;

	private long length;

	private String checksum;

	private Instant publishedAt;

	protected Asset() {
	}

	Asset(String name, String contentType, long length, String checksum, Instant publishedAt) {
		this.name = name;
		this.contentType = contentType;
		this.length = length;
		this.checksum = checksum;
		this.publishedAt = publishedAt.truncatedTo(ChronoUnit.MILLIS);
	}

	public String getName() {
		return this.name;
	}

	public String getContentType() {
		return this.contentType;
	}

	public long getLength() {
		return this.length;
	}

	public String getChecksum() {
		return this.checksum;
	}

	public Instant getPublishedAt() {
		return this.publishedAt;
	}

}
