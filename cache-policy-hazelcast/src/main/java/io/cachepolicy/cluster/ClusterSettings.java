package io.cachepolicy.cluster;

import java.time.Duration;

/**
 * How instances watch each other.
 *
 * @param heartbeat the pause between two signs of life
 * @param maxStaleness the time after which changes of an instance that gave no sign may
 * have been missed
 * @param forgetAfter the time after which an instance that gave no sign is held for dead
 */
public record ClusterSettings(Duration heartbeat, Duration maxStaleness, Duration forgetAfter) {

	/**
	 * How many heartbeats have to fit into the time without a sign: a sign is answered by
	 * the next one of the other, and one of them may come late.
	 */
	public static final int HEARTBEATS = 3;

	/**
	 * Return whether an instance hears another one often enough.
	 * @param heartbeat the other's pause between two signs
	 * @param maxStaleness the time without a sign after which the instance clears
	 * @return whether it does not clear all the time
	 */
	public static boolean isCompatible(Duration heartbeat, Duration maxStaleness) {
		return maxStaleness.compareTo(heartbeat.multipliedBy(HEARTBEATS)) >= 0;
	}

}
