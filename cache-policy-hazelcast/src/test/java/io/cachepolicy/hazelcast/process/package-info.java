/**
 * Instances that are processes of their own, and what happens to these.
 */
@NullMarked
package io.cachepolicy.hazelcast.process;

import org.jspecify.annotations.NullMarked;
