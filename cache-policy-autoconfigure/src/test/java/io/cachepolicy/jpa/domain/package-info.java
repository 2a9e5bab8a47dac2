/**
 * Entities and repositories for tests.
 */
package io.cachepolicy.jpa.domain;
