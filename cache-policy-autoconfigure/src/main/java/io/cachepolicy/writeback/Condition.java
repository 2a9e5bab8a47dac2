package io.cachepolicy.writeback;

/**
 * What a pending write waits for, beyond its time.
 */
@FunctionalInterface
interface Condition {

	boolean isMet();

}
