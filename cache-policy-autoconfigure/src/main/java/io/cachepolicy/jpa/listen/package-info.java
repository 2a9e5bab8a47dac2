/**
 * What the application writes to rows through JPA, without a call of their store.
 */
@NullMarked
package io.cachepolicy.jpa.listen;

import org.jspecify.annotations.NullMarked;
