/**
 * Copies of entities with what is loaded of their graph.
 * {@link io.cachepolicy.jpa.copy.EntityCopier} is the door.
 */
@NullMarked
package io.cachepolicy.jpa.copy;

import org.jspecify.annotations.NullMarked;
