package io.cachepolicy.jpa.domain;

import java.io.Serializable;
import java.util.Objects;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;

@Entity
@IdClass(Cell.CellId.class)
public class Cell {

	@Id
	@Column(name = "x_axis")
	private Integer x;

	@Id
	@Column(name = "y_axis")
	private Integer y;

	private String content;

	protected Cell() {
	}

	public Cell(Integer x, Integer y, String content) {
		this.x = x;
		this.y = y;
		this.content = content;
	}

	public Integer getX() {
		return this.x;
	}

	public Integer getY() {
		return this.y;
	}

	public String getContent() {
		return this.content;
	}

	public void setContent(String content) {
		this.content = content;
	}

	public static class CellId implements Serializable {

		private static final long serialVersionUID = 1L;

		private Integer x;

		private Integer y;

		protected CellId() {
		}

		public CellId(Integer x, Integer y) {
			this.x = x;
			this.y = y;
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof CellId id && Objects.equals(this.x, id.x) && Objects.equals(this.y, id.y);
		}

		@Override
		public int hashCode() {
			return Objects.hash(this.x, this.y);
		}

	}

}
