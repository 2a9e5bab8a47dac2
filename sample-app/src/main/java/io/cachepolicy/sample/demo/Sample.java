package io.cachepolicy.sample.demo;

import java.util.List;

import io.cachepolicy.spi.ChannelStatus;

/**
 * What can be seen at one moment. Counts and total times are those since the start of the
 * application, all times are in milliseconds.
 *
 * @param time the time, since the epoch
 * @param databaseAway whether the database refuses connections
 * @param limited whether the tables refuse readings that are too hot
 * @param traffic whether there is steady traffic
 * @param lanes the write policies
 * @param deadLetters the dead letters, oldest first
 * @param pages the names of the pages that are in a cache
 * @param instances what is known of other instances, {@code null} if there are none to be
 */
record Sample(long time, boolean databaseAway, boolean limited, boolean traffic, List<LaneSample> lanes,
		List<Letter> deadLetters, List<String> pages, Instances instances) {

	/**
	 * What can be seen of one policy.
	 *
	 * @param policy the policy
	 * @param writes the writes of callers that succeeded
	 * @param failedWrites the writes of callers that failed
	 * @param failedReads the reads of callers that failed
	 * @param writeTime how long callers waited for the writes that succeeded
	 * @param rows the rows that were written to the table
	 * @param storeCalls the successful calls of the store to write one row or a batch
	 * @param storeRows the rows that were handed over in these calls
	 * @param storeTime how long the store took for them
	 * @param hits the reads that were answered from the cache
	 * @param misses the reads that were not
	 * @param pending the pending writes
	 * @param pendingAge for how long the oldest of them has been pending
	 */
	record LaneSample(String policy, long writes, long failedWrites, long failedReads, double writeTime, long rows,
			long storeCalls, long storeRows, double storeTime, long hits, long misses, long pending,
			double pendingAge) {

	}

	/**
	 * A dead letter.
	 *
	 * @param id identifies the dead letter
	 * @param key the key of the write
	 * @param attempts how often the write was tried
	 * @param reason what the database said
	 */
	record Letter(long id, String key, int attempts, String reason) {

	}

	/**
	 * What is known of other instances.
	 *
	 * @param heard how many others are heard
	 * @param silent how many fell silent
	 * @param changes the changes that they told of
	 */
	record Instances(long heard, long silent, long changes) {

		static Instances of(ChannelStatus status) {
			long silent = status.members().stream().filter(ChannelStatus.Member::silent).count();
			return new Instances(status.members().size() - silent, silent, status.counts().received());
		}

	}

}
