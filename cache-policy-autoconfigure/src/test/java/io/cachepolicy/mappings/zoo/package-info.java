/**
 * Entities, each for a way to map something.
 */
package io.cachepolicy.mappings.zoo;
