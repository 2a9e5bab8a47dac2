package io.cachepolicy.sample.replay;

import java.time.Duration;

import io.cachepolicy.WritePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs every five seconds how far a replay is.
 */
class Progress {

	private static final Logger logger = LoggerFactory.getLogger(Progress.class);

	private static final long INTERVAL = Duration.ofSeconds(5).toNanos();

	private final WritePolicy policy;

	private final long total;

	private long done;

	private long lastLog = System.nanoTime();

	Progress(WritePolicy policy, long total) {
		this.policy = policy;
		this.total = total;
	}

	void advance(long pending) {
		this.done++;
		long now = System.nanoTime();
		if (now - this.lastLog >= INTERVAL) {
			this.lastLog = now;
			logger.info("%-13s %3d %%  %,d of %,d operations, %,d pending".formatted(ReplayReport.name(this.policy),
					100 * this.done / this.total, this.done, this.total, pending));
		}
	}

}
