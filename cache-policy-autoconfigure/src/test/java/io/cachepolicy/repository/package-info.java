/**
 * Repositories that are cached themselves.
 */
@NullMarked
package io.cachepolicy.repository;

import org.jspecify.annotations.NullMarked;
