/**
 * The settings of a cache, complete and checked. Nothing else knows property names.
 */
@NullMarked
package io.cachepolicy.settings;

import org.jspecify.annotations.NullMarked;
