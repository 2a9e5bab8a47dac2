package io.cachepolicy.jpa.domain;

import java.io.Serializable;
import java.util.Objects;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.ManyToOne;

@Entity
@IdClass(Seat.SeatId.class)
public class Seat {

	@Id
	@ManyToOne(fetch = FetchType.LAZY)
	private Category category;

	@Id
	@Column(name = "seat_number")
	private Integer number;

	private String guest;

	protected Seat() {
	}

	public Seat(Category category, Integer number, String guest) {
		this.category = category;
		this.number = number;
		this.guest = guest;
	}

	public Category getCategory() {
		return this.category;
	}

	public Integer getNumber() {
		return this.number;
	}

	public String getGuest() {
		return this.guest;
	}

	public void setGuest(String guest) {
		this.guest = guest;
	}

	public static class SeatId implements Serializable {

		private static final long serialVersionUID = 1L;

		private Long category;

		private Integer number;

		protected SeatId() {
		}

		public SeatId(Long category, Integer number) {
			this.category = category;
			this.number = number;
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof SeatId id && Objects.equals(this.category, id.category)
					&& Objects.equals(this.number, id.number);
		}

		@Override
		public int hashCode() {
			return Objects.hash(this.category, this.number);
		}

	}

}
