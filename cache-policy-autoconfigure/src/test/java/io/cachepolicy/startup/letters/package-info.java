/**
 * Caches of letters.
 */
@NullMarked
package io.cachepolicy.startup.letters;

import org.jspecify.annotations.NullMarked;
