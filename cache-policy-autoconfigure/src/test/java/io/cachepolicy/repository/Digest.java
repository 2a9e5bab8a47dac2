package io.cachepolicy.repository;

import jakarta.persistence.Entity;

/**
 * An entity whose ids are never equal.
 */
@Entity
class Digest extends Keyed<byte[]> {

	protected Digest() {
	}

}
