/**
 * How keys and failures are described to people: in logs, messages and the endpoint. Uses
 * nothing of this library.
 */
@NullMarked
package io.cachepolicy.text;

import org.jspecify.annotations.NullMarked;
