/**
 * How rows refer to each other, by the mappings.
 * {@link io.cachepolicy.jpa.relation.ForeignKeys} is the door.
 */
@NullMarked
package io.cachepolicy.jpa.relation;

import org.jspecify.annotations.NullMarked;
