/**
 * What an application imports: the {@link io.cachepolicy.PolicyCached} annotation, the
 * caches and their manager, and the interfaces to extend them.
 */
@NullMarked
package io.cachepolicy;

import org.jspecify.annotations.NullMarked;
