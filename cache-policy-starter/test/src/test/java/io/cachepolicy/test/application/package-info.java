/**
 * A small application and its tests, written as users write them.
 */
@NullMarked
package io.cachepolicy.test.application;

import org.jspecify.annotations.NullMarked;
