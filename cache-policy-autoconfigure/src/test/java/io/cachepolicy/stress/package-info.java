/**
 * Many threads on the caches of an application with PostgreSQL.
 */
@NullMarked
package io.cachepolicy.stress;

import org.jspecify.annotations.NullMarked;
