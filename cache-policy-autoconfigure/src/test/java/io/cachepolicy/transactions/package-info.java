/**
 * What caches do under Spring's transactions: every policy, operation and outcome, on
 * PostgreSQL.
 */
@NullMarked
package io.cachepolicy.transactions;

import org.jspecify.annotations.NullMarked;
