package io.cachepolicy.bypass;

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.OneToMany;
import org.jspecify.annotations.Nullable;

/**
 * An entity that cascades to parts whose ids the database generates.
 */
@Entity
class Shelf {

	@Id
	private long id;

	@OneToMany(cascade = CascadeType.ALL, fetch = FetchType.EAGER)
	@JoinColumn(name = "shelf")
	private List<Board> boards = new ArrayList<>();

	protected Shelf() {
	}

	Shelf(long id) {
		this.id = id;
	}

	long getId() {
		return this.id;
	}

	List<Board> getBoards() {
		return this.boards;
	}

	/**
	 * A part of a shelf.
	 */
	@Entity(name = "Board")
	static class Board {

		@Id
		@GeneratedValue(strategy = GenerationType.IDENTITY)
		private @Nullable Long id;

		private int width;

		protected Board() {
		}

		Board(int width) {
			this.width = width;
		}

		@Nullable Long getId() {
			return this.id;
		}

		int getWidth() {
			return this.width;
		}

		void setWidth(int width) {
			this.width = width;
		}

	}

}
