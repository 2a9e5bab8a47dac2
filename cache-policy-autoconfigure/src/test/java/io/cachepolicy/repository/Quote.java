package io.cachepolicy.repository;

import java.io.Serializable;
import java.math.BigDecimal;

import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import org.jspecify.annotations.Nullable;

/**
 * An entity whose id is a record, with a number inside of an inner record.
 */
@Entity
class Quote {

	@EmbeddedId
	private @Nullable QuoteId id;

	private @Nullable String content;

	Quote() {
	}

	Quote(QuoteId id, String content) {
		this.id = id;
		this.content = content;
	}

	@Nullable String getContent() {
		return this.content;
	}

	@Embeddable
	record QuoteId(String symbol, Amount amount) implements Serializable {

		QuoteId(String symbol, String amount) {
			this(symbol, new Amount(new BigDecimal(amount)));
		}

	}

	@Embeddable
	record Amount(BigDecimal amount) implements Serializable {

	}

}
