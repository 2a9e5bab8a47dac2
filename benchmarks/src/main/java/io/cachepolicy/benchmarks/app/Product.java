package io.cachepolicy.benchmarks.app;

import jakarta.persistence.Entity;

/**
 * A plain entity.
 */
@Entity
public class Product extends AbstractProduct {

}
