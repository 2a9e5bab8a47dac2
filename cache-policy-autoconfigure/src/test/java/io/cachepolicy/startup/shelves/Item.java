package io.cachepolicy.startup.shelves;

import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

@MappedSuperclass
public abstract class Item {

	@Id
	private Long id = 0L;

	@Version
	private @Nullable Long version;

	private String label = "";

	protected Item() {
	}

	Item(Long id, String label) {
		this.id = id;
		this.label = label;
	}

	public Long getId() {
		return this.id;
	}

	public String getLabel() {
		return this.label;
	}

	public void setLabel(String label) {
		this.label = label;
	}

}
