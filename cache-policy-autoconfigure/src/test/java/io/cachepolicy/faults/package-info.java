/**
 * Random failures of everything that the caches of an application call, and what holds
 * when they are over.
 */
@NullMarked
package io.cachepolicy.faults;

import org.jspecify.annotations.NullMarked;
