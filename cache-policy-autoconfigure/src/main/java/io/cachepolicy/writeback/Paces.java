package io.cachepolicy.writeback;

import io.cachepolicy.settings.WriteBackSpec;

/**
 * The pace that the settings of a cache ask for. What a limit needs may be absent from
 * the class path where there is none.
 */
final class Paces {

	private Paces() {
	}

	static Pace of(WriteBackSpec spec) {
		return (spec.maxWritesPerSecond() > 0)
				? new TokenBucketPace(spec.maxWritesPerSecond(), spec.burst(), spec.batchSize()) : Pace.UNLIMITED;
	}

}
