package io.cachepolicy.cache;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import io.cachepolicy.settings.CacheSpec;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Counts the queries that ran while rows of their tables were pending, and says so once
 * per hour. Thread-safe.
 */
final class StaleQueries {

	private static final Log logger = LogFactory.getLog(StaleQueries.class);

	private static final long PAUSE = TimeUnit.HOURS.toNanos(1);

	private final CacheSpec spec;

	private final LongAdder count = new LongAdder();

	private final AtomicLong nextWarning = new AtomicLong(System.nanoTime());

	StaleQueries(CacheSpec spec) {
		this.spec = spec;
	}

	/**
	 * Count a query.
	 * @param pending how many writes are pending
	 */
	void add(long pending) {
		this.count.increment();
		long now = System.nanoTime();
		long next = this.nextWarning.get();
		if (now - next >= 0 && this.nextWarning.compareAndSet(next, now + PAUSE)) {
			logger.warn("A query of the rows of cache '%s' ran while %d writes were pending, which it does not find. %s"
				.formatted(this.spec.name(), pending, advice()));
		}
	}

	private String advice() {
		if (!this.spec.writeBack().flushBeforeQueries()) {
			return "Set '%s.write-back.flush-before-queries' to have them stored before queries, or write through."
				.formatted(CacheSpec.propertiesOf(this.spec.name()));
		}
		return "They could not be stored before it: the store refused them, or the thread held a connection "
				+ "without a transaction that may write. Run such a query in a read-write transaction of its own, "
				+ "or write through.";
	}

	long sum() {
		return this.count.sum();
	}

}
