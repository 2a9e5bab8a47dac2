/**
 * Spring Boot auto-configuration of the caches.
 */
@NullMarked
package io.cachepolicy.autoconfigure;

import org.jspecify.annotations.NullMarked;
