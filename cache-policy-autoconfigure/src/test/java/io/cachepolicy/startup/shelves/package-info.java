/**
 * Repositories of many kinds, whose methods go through caches.
 */
@NullMarked
package io.cachepolicy.startup.shelves;

import org.jspecify.annotations.NullMarked;
