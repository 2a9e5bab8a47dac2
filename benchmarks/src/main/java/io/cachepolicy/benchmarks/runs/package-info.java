/**
 * Measurements of work from end to end.
 */
@NullMarked
package io.cachepolicy.benchmarks.runs;

import org.jspecify.annotations.NullMarked;
