/**
 * The caches: Caffeine in front of a store, write policies, transactions.
 */
@NullMarked
package io.cachepolicy.cache;

import org.jspecify.annotations.NullMarked;
