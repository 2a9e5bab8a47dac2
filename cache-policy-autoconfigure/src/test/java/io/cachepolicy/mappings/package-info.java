/**
 * What caches make of every mapping that Hibernate has: the same as
 * {@code repository.save}, on PostgreSQL.
 */
@NullMarked
package io.cachepolicy.mappings;

import org.jspecify.annotations.NullMarked;
