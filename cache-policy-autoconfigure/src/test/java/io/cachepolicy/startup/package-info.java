/**
 * Applications as there are many, each with what may get in the way of a start.
 */
@NullMarked
package io.cachepolicy.startup;

import org.jspecify.annotations.NullMarked;
