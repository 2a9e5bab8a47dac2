package io.cachepolicy.repository;

import java.io.Serializable;
import java.math.BigDecimal;
import java.util.Objects;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import org.jspecify.annotations.Nullable;

/**
 * An entity whose id is a class of its own, with a number.
 */
@Entity
@IdClass(Offer.OfferId.class)
class Offer {

	@Id
	private @Nullable String symbol;

	@Id
	private @Nullable BigDecimal amount;

	private @Nullable String content;

	Offer() {
	}

	Offer(OfferId id, String content) {
		this.symbol = id.symbol;
		this.amount = id.amount;
		this.content = content;
	}

	@Nullable String getContent() {
		return this.content;
	}

	@SuppressWarnings("serial")
	static class OfferId implements Serializable {

		private @Nullable String symbol;

		private @Nullable BigDecimal amount;

		OfferId() {
		}

		OfferId(String symbol, String amount) {
			this.symbol = symbol;
			this.amount = new BigDecimal(amount);
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof OfferId id && Objects.equals(this.symbol, id.symbol)
					&& Objects.equals(this.amount, id.amount);
		}

		@Override
		public int hashCode() {
			return Objects.hash(this.symbol, this.amount);
		}

	}

}
