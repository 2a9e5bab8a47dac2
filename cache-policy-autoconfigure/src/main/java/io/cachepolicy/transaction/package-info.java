/**
 * What a transaction of Spring's did to caches, and when it began.
 */
@NullMarked
package io.cachepolicy.transaction;

import org.jspecify.annotations.NullMarked;
