package io.cachepolicy.sample.demo;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import org.springframework.context.annotation.Profile;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Reads and writes readings as a caller does, and measures what the caller gets: the
 * meters {@code demo.write} and {@code demo.read}, by cache and outcome.
 */
@Component
@Profile("!replay")
class Readings {

	static final int SENSORS = 240;

	static final String WRITE = "demo.write";

	static final String READ = "demo.read";

	private static final List<String> NAMES = IntStream.rangeClosed(1, SENSORS)
		.mapToObj("sensor-%03d"::formatted)
		.toList();

	private final PolicyCacheManager caches;

	private final JdbcTemplate jdbc;

	private final MeterRegistry meters;

	private final AtomicLong numbers = new AtomicLong();

	private boolean prepared;

	Readings(PolicyCacheManager caches, JdbcTemplate jdbc, MeterRegistry meters) {
		this.caches = caches;
		this.jdbc = jdbc;
		this.meters = meters;
	}

	/**
	 * Fill the tables and the caches, the first time that this is called with success, so
	 * that all policies start from the same state.
	 */
	synchronized void prepare() {
		if (!this.prepared) {
			for (Lane lane : Lane.values()) {
				fill(lane.table());
				cache(lane).getAll(NAMES);
			}
			this.prepared = true;
		}
	}

	private void fill(String table) {
		String sql = "insert into %1$s (sensor, celsius, number) select ?, 20, 0 where not exists (select 1 from %1$s where sensor = ?)"
			.formatted(table);
		this.jdbc.batchUpdate(sql, NAMES.stream().map((name) -> new Object[] { name, name }).toList());
	}

	// There is a last sensor, but no last index
	static String sensor(long index) {
		return NAMES.get((int) (index % SENSORS));
	}

	PolicyCache cache(Lane lane) {
		return this.caches.getCache(lane.cacheName());
	}

	Outcome write(Lane lane, String sensor, double celsius) {
		Reading reading = lane.reading(sensor, celsius, this.numbers.incrementAndGet());
		return measure(lane, WRITE, () -> cache(lane).put(sensor, reading));
	}

	Outcome read(Lane lane, String sensor) {
		return measure(lane, READ, () -> cache(lane).get(sensor));
	}

	private Outcome measure(Lane lane, String name, Runnable call) {
		Timer.Sample start = Timer.start(this.meters);
		Outcome outcome = outcome(call);
		start.stop(timer(lane, name, outcome.succeeded()));
		return outcome;
	}

	private static Outcome outcome(Runnable call) {
		try {
			call.run();
			return Outcome.SUCCESS;
		}
		catch (RuntimeException ex) {
			return new Outcome(messageOf(ex));
		}
	}

	Timer timer(Lane lane, String name, boolean success) {
		return Timer.builder(name)
			.tag("cache", lane.cacheName())
			.tag("outcome", (success) ? "success" : "error")
			.register(this.meters);
	}

	/**
	 * Return in plain words what went wrong.
	 * @param failure what a store threw
	 * @return what the limit of the tables says, or else what the database said, without
	 * the statement that H2 quotes after it
	 */
	static String messageOf(Throwable failure) {
		if (failure instanceof DataIntegrityViolationException) {
			return TableLimit.MESSAGE;
		}
		String message = String.valueOf(NestedExceptionUtils.getMostSpecificCause(failure).getMessage());
		return message.split("; SQL statement|\\R", 2)[0];
	}

	/**
	 * What a caller got.
	 *
	 * @param error what went wrong, {@code null} if nothing did
	 */
	record Outcome(String error) {

		static final Outcome SUCCESS = new Outcome(null);

		boolean succeeded() {
			return this.error == null;
		}

	}

}
