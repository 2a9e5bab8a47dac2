/**
 * What stores and modules implement: ports through which caches and pending writes reach
 * them.
 */
@NullMarked
package io.cachepolicy.spi;

import org.jspecify.annotations.NullMarked;
