/**
 * Tables, plots and the page that shows them.
 */
@NullMarked
package io.cachepolicy.benchmarks.report;

import org.jspecify.annotations.NullMarked;
