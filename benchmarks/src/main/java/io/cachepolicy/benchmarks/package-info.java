/**
 * Measures the product beside what a user would take instead, and the limit.
 */
@NullMarked
package io.cachepolicy.benchmarks;

import org.jspecify.annotations.NullMarked;
