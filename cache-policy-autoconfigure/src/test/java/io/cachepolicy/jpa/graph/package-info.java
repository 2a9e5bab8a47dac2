/**
 * Entities that refer to each other in all ways, for tests.
 */
package io.cachepolicy.jpa.graph;
