/**
 * What a person sees: metrics, observations, endpoint and health.
 */
@NullMarked
package io.cachepolicy.actuate;

import org.jspecify.annotations.NullMarked;
