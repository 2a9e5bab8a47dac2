/**
 * A clinic for pets, as many applications are written.
 */
@NullMarked
package io.cachepolicy.sample.petclinic;

import org.jspecify.annotations.NullMarked;
