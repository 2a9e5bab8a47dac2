/**
 * Instances that tell each other of changes through Hazelcast, and their
 * auto-configuration.
 */
@NullMarked
package io.cachepolicy.hazelcast;

import org.jspecify.annotations.NullMarked;
