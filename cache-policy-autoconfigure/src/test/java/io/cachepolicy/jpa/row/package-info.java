/**
 * Entities that differ in what a save does beside the row, for tests.
 */
package io.cachepolicy.jpa.row;
