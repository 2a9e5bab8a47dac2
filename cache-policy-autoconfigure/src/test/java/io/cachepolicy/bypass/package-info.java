/**
 * What goes around the cache.
 */
@NullMarked
package io.cachepolicy.bypass;

import org.jspecify.annotations.NullMarked;
