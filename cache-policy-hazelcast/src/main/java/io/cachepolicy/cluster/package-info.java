/**
 * How instances tell each other of changes: what is sent, and what is made of it, over
 * any {@link io.cachepolicy.cluster.Transport}.
 */
@NullMarked
package io.cachepolicy.cluster;

import org.jspecify.annotations.NullMarked;
