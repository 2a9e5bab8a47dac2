/**
 * What the documentation says of the tests.
 */
@NullMarked
package io.cachepolicy.documentation;

import org.jspecify.annotations.NullMarked;
