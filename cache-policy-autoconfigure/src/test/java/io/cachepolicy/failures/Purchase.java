package io.cachepolicy.failures;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import org.jspecify.annotations.Nullable;

/**
 * An entity that refers to another one.
 */
@Entity
class Purchase {

	@Id
	private Long id = 0L;

	@ManyToOne(fetch = FetchType.LAZY)
	private @Nullable Client client;

	protected Purchase() {
	}

	Purchase(long id, Client client) {
		this.id = id;
		this.client = client;
	}

	Long getId() {
		return this.id;
	}

	@Nullable Client getClient() {
		return this.client;
	}

}
