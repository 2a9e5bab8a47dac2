/**
 * Auto-configuration of tests of applications whose caches have a write policy.
 */
@NullMarked
package io.cachepolicy.test.autoconfigure;

import org.jspecify.annotations.NullMarked;
