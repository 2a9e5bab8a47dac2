/**
 * What the tests share.
 */
@NullMarked
package io.cachepolicy.testsupport;

import org.jspecify.annotations.NullMarked;
