/**
 * The rows that the graph of an entity holds besides its own.
 * {@link io.cachepolicy.jpa.aggregate.Aggregates} is the door.
 */
@NullMarked
package io.cachepolicy.jpa.aggregate;

import org.jspecify.annotations.NullMarked;
