/**
 * Failures of a real database, and several at a time.
 */
@NullMarked
package io.cachepolicy.failures;

import org.jspecify.annotations.NullMarked;
