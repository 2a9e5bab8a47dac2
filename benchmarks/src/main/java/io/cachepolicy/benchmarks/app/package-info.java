/**
 * The application that is measured: entities, repositories and services.
 */
@NullMarked
package io.cachepolicy.benchmarks.app;

import org.jspecify.annotations.NullMarked;
