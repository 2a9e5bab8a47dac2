/**
 * Write-back against a model: random steps through the public interface, on PostgreSQL.
 */
@NullMarked
package io.cachepolicy.model;

import org.jspecify.annotations.NullMarked;
