package io.cachepolicy.repository;

import java.io.Serializable;

import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import org.jspecify.annotations.Nullable;

/**
 * An entity whose id has no {@code equals}.
 */
@Entity
class Place {

	@EmbeddedId
	private @Nullable Point id;

	protected Place() {
	}

	@Embeddable
	@SuppressWarnings("serial")
	static class Point implements Serializable {

		private int x;

		private int y;

		protected Point() {
		}

		int getX() {
			return this.x;
		}

		int getY() {
			return this.y;
		}

	}

}
