/**
 * Write-back: pending writes and how they are flushed to the store.
 */
@NullMarked
package io.cachepolicy.writeback;

import org.jspecify.annotations.NullMarked;
