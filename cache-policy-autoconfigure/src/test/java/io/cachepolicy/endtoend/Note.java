package io.cachepolicy.endtoend;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

/**
 * An entity with an assigned id, a version and a lazy collection.
 */
@Entity
public class Note {

	@Id
	private String id = "";

	@Version
	private @Nullable Integer version;

	@Column(length = 20, nullable = false)
	private String text = "";

	@OneToMany(cascade = CascadeType.ALL, orphanRemoval = true, fetch = FetchType.LAZY)
	private List<Remark> remarks = new ArrayList<>();

	protected Note() {
	}

	public Note(String id, String text) {
		this.id = id;
		this.text = text;
	}

	public String getId() {
		return this.id;
	}

	public @Nullable Integer getVersion() {
		return this.version;
	}

	public String getText() {
		return this.text;
	}

	public Note text(String text) {
		this.text = text;
		return this;
	}

	public List<Remark> getRemarks() {
		return this.remarks;
	}

}
