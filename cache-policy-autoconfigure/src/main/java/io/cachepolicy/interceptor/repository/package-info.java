/**
 * {@link io.cachepolicy.PolicyCached} on Spring Data repositories.
 */
@NullMarked
package io.cachepolicy.interceptor.repository;

import org.jspecify.annotations.NullMarked;
