package io.cachepolicy.repository;

import java.math.BigDecimal;

import jakarta.persistence.Entity;
import org.jspecify.annotations.Nullable;

/**
 * An entity whose id is a {@code BigDecimal}.
 */
@Entity
class Rate extends Keyed<BigDecimal> {

	protected Rate() {
	}

	Rate(@Nullable BigDecimal id, String content) {
		super(id, content);
	}

}
