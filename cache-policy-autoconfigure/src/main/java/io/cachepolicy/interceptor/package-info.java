/**
 * The way from {@link io.cachepolicy.PolicyCached} and from Spring's own cache
 * annotations to the caches.
 */
@NullMarked
package io.cachepolicy.interceptor;

import org.jspecify.annotations.NullMarked;
