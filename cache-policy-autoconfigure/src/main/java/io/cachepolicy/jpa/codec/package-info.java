/**
 * Entities, with what is loaded of their graph, as bytes.
 * {@link io.cachepolicy.jpa.codec.EntityCodec} is the door.
 */
@NullMarked
package io.cachepolicy.jpa.codec;

import org.jspecify.annotations.NullMarked;
