/**
 * Recorded histories of reads and writes by many threads, and what has to be true of
 * them.
 */
@NullMarked
package io.cachepolicy.history;

import org.jspecify.annotations.NullMarked;
