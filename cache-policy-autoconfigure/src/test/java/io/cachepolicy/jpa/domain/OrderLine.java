package io.cachepolicy.jpa.domain;

import java.io.Serializable;
import java.util.Objects;

import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.Version;

@Entity
public class OrderLine {

	@EmbeddedId
	private OrderLineId id;

	@Version
	private Long version;

	private int quantity;

	protected OrderLine() {
	}

	public OrderLine(OrderLineId id, int quantity) {
		this.id = id;
		this.quantity = quantity;
	}

	public OrderLineId getId() {
		return this.id;
	}

	public Long getVersion() {
		return this.version;
	}

	public int getQuantity() {
		return this.quantity;
	}

	public void setQuantity(int quantity) {
		this.quantity = quantity;
	}

	@Embeddable
	public static class OrderLineId implements Serializable {

		private static final long serialVersionUID = 1L;

		private long orderId;

		private int line;

		protected OrderLineId() {
		}

		public OrderLineId(long orderId, int line) {
			this.orderId = orderId;
			this.line = line;
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof OrderLineId that && this.orderId == that.orderId && this.line == that.line;
		}

		@Override
		public int hashCode() {
			return Objects.hash(this.orderId, this.line);
		}

	}

}
