/**
 * Caches of parcels.
 */
@NullMarked
package io.cachepolicy.startup.parcels;

import org.jspecify.annotations.NullMarked;
