/**
 * What a test asks of caches with a write policy: to flush, and assertions on pending
 * writes, dead letters and store calls.
 */
@NullMarked
package io.cachepolicy.test;

import org.jspecify.annotations.NullMarked;
