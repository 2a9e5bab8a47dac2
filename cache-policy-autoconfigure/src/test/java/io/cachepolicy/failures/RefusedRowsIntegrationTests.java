package io.cachepolicy.failures;

import java.io.OutputStream;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What rows cost that PostgreSQL refuses.
 */
class RefusedRowsIntegrationTests extends AbstractFailuresTests {

	private static final int ROWS = 10_000;

	private static final long MEGABYTE = 1_000_000;

	private final Logger logger = (Logger) LoggerFactory.getLogger("io.cachepolicy");

	private final AtomicLong logged = new AtomicLong();

	private final OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();

	@BeforeEach
	void countLog() {
		PatternLayoutEncoder encoder = new PatternLayoutEncoder();
		encoder.setContext(this.logger.getLoggerContext());
		encoder.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %5p 12345 --- [%15.15t] %-40.40logger{39} : %m%n%ex");
		encoder.start();
		this.appender.setContext(this.logger.getLoggerContext());
		this.appender.setEncoder(encoder);
		this.appender.setOutputStream(new CountingStream(this.logged));
		this.appender.start();
	}

	@AfterEach
	void releaseLog() {
		this.logger.detachAppender(this.appender);
		this.logger.setAdditive(true);
		this.appender.stop();
	}

	@Test
	@DisplayName("G2: 10,000 refused rows cost less than 20 MB of heap and 1 MB of log")
	void refusedRowsCostLittle() {
		start(List.of(), "cache-policy.caches.sensors.write-back.flush-interval=1h",
				"cache-policy.caches.sensors.write-back.flush-threshold=" + 10 * ROWS,
				"cache-policy.caches.sensors.write-back.retry.max-attempts=1");
		this.logger.setLevel(Level.INFO);
		this.logger.setAdditive(false);
		this.logger.addAppender(this.appender);
		refuse(0, 1);
		long before = usedHeap();
		refuse(1, ROWS);
		long heap = usedHeap() - before;
		Set<Throwable> reasons = Collections.newSetFromMap(new IdentityHashMap<>());
		cache("sensors").deadLetters().forEach((letter) -> reasons.add(letter.reason()));
		assertThat(reasons).hasSizeBetween(1, 5);
		assertThat(heap).isLessThan(20 * MEGABYTE);
		assertThat(this.logged).hasValueLessThan(MEGABYTE);
	}

	private void refuse(long from, long to) {
		LongStream.range(from, to).forEach((id) -> cache("sensors").put(id, new Sensor(id, -1)));
		assertThat(cache("sensors").flush(Duration.ofMinutes(3)).remaining()).isZero();
		assertThat(cache("sensors").deadLetters()).hasSize((int) to);
	}

	/**
	 * Return what the heap holds after collections, the least of some.
	 * @return the bytes
	 */
	private static long usedHeap() {
		long least = Long.MAX_VALUE;
		for (int i = 0; i < 5; i++) {
			System.gc();
			least = Math.min(least, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
		}
		return least;
	}

	/**
	 * Counts what is written.
	 */
	private static final class CountingStream extends OutputStream {

		private final AtomicLong count;

		CountingStream(AtomicLong count) {
			this.count = count;
		}

		@Override
		public void write(int b) {
			this.count.incrementAndGet();
		}

		@Override
		public void write(byte[] bytes, int offset, int length) {
			this.count.addAndGet(length);
		}

	}

}
