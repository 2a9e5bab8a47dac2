/**
 * The ways to cache rows that are measured side by side.
 */
@NullMarked
package io.cachepolicy.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
