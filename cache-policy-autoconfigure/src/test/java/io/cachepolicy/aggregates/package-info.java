/**
 * Entries that hold more than one row.
 */
@NullMarked
package io.cachepolicy.aggregates;

import org.jspecify.annotations.NullMarked;
