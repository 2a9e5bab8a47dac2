/**
 * Measurements of single operations with JMH.
 */
@NullMarked
package io.cachepolicy.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
