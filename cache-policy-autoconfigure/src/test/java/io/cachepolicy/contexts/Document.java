package io.cachepolicy.contexts;

import jakarta.persistence.Entity;
import jakarta.persistence.EntityListeners;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

import org.springframework.data.annotation.CreatedBy;
import org.springframework.data.annotation.LastModifiedBy;
import org.springframework.data.jpa.domain.support.AuditingEntityListener;

/**
 * An entity that knows who wrote it.
 */
@Entity
@EntityListeners({ AuditingEntityListener.class, StoreCallRecorder.class })
public class Document {

	@Id
	private long id;

	@Version
	private @Nullable Integer version;

	private String text = "";

	@CreatedBy
	private @Nullable String createdBy;

	@LastModifiedBy
	private @Nullable String modifiedBy;

	protected Document() {
	}

	Document(long id, String text) {
		this.id = id;
		this.text = text;
	}

	public long getId() {
		return this.id;
	}

	Document text(String text) {
		this.text = text;
		return this;
	}

	@Nullable String createdBy() {
		return this.createdBy;
	}

	@Nullable String modifiedBy() {
		return this.modifiedBy;
	}

}
