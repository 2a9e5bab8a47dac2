package io.cachepolicy.sample.demo;

import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.github.benmanes.caffeine.cache.Cache;
import io.cachepolicy.DeadLetter;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.sample.PolicyNames;
import io.cachepolicy.sample.demo.Sample.Instances;
import io.cachepolicy.sample.demo.Sample.LaneSample;
import io.cachepolicy.sample.demo.Sample.Letter;
import io.cachepolicy.spi.ChangeChannel;
import io.cachepolicy.spi.ChannelStatus;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.search.Search;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * Takes samples: from the meters of the caches, as a monitoring system would, and the
 * rows from where they leave for the database.
 */
@Component
@Profile("!replay")
class Sampler {

	private final PolicyCacheManager caches;

	private final Readings readings;

	private final Database database;

	private final TableLimit limit;

	private final Traffic traffic;

	private final MeterRegistry meters;

	private final Clock clock;

	private final ChangeChannel channel;

	Sampler(PolicyCacheManager caches, Readings readings, Database database, TableLimit limit, Traffic traffic,
			MeterRegistry meters, Clock clock, ObjectProvider<ChangeChannel> channel) {
		this.caches = caches;
		this.readings = readings;
		this.database = database;
		this.limit = limit;
		this.traffic = traffic;
		this.meters = meters;
		this.clock = clock;
		this.channel = channel.getIfAvailable(() -> ChangeChannel.NONE);
	}

	Sample sample() {
		return new Sample(this.clock.millis(), this.database.isAway(), this.limit.isActive(), this.traffic.isRunning(),
				Stream.of(Lane.values()).map(this::sample).toList(), deadLetters(),
				Stream.of("product-pages", "catalogue").flatMap(this::keys).toList(), instances());
	}

	private Instances instances() {
		ChannelStatus status = this.channel.status();
		return (status != null) ? Instances.of(status) : null;
	}

	private LaneSample sample(Lane lane) {
		PolicyCache cache = this.readings.cache(lane);
		Timer writes = this.readings.timer(lane, Readings.WRITE, true);
		StoreCalls calls = storeCalls(lane);
		return new LaneSample(PolicyNames.of(cache), writes.count(),
				this.readings.timer(lane, Readings.WRITE, false).count(),
				this.readings.timer(lane, Readings.READ, false).count(), writes.totalTime(TimeUnit.MILLISECONDS),
				this.database.rowsWritten(lane.table()), calls.count(), calls.rows(), calls.time(), gets(lane, "hit"),
				gets(lane, "miss"), cache.pendingWrites(), pendingAge(lane));
	}

	// The calls in which rows were stored: batches, and writes whose caller waited
	private StoreCalls storeCalls(Lane lane) {
		Collection<Timer> flushes = find("cache.policy.flush", lane)
			.tag("result", (result) -> result.equals("written") || result.equals("partial"))
			.timers();
		Collection<Timer> writes = find("cache.policy.store.write", lane).tag("error", "none").timers();
		long rows = find("cache.policy.batch.size", lane).summaries()
			.stream()
			.mapToLong((sizes) -> (long) sizes.totalAmount())
			.sum();
		return StoreCalls.of(flushes, rows).plus(StoreCalls.of(writes, writes.stream().mapToLong(Timer::count).sum()));
	}

	private long gets(Lane lane, String result) {
		return find("cache.gets", lane).tag("result", result)
			.functionCounters()
			.stream()
			.mapToLong((counter) -> (long) counter.count())
			.sum();
	}

	private double pendingAge(Lane lane) {
		TimeGauge age = find("cache.policy.pending.age", lane).timeGauge();
		return (age != null) ? age.value(TimeUnit.MILLISECONDS) : 0;
	}

	private Search find(String meter, Lane lane) {
		return this.meters.find(meter).tag("cache", lane.cacheName());
	}

	private List<Letter> deadLetters() {
		return Stream.of(Lane.values())
			.flatMap((lane) -> this.readings.cache(lane).deadLetters().stream())
			.map(Sampler::letter)
			.toList();
	}

	private static Letter letter(DeadLetter letter) {
		return new Letter(letter.id(), String.valueOf(letter.key()), letter.attempts(),
				Readings.messageOf(letter.reason()));
	}

	private Stream<String> keys(String cacheName) {
		Cache<?, ?> cache = (Cache<?, ?>) this.caches.getCache(cacheName).getNativeCache();
		return cache.asMap().keySet().stream().map((key) -> (key instanceof String) ? (String) key : cacheName);
	}

	private record StoreCalls(long count, long rows, double time) {

		static StoreCalls of(Collection<Timer> timers, long rows) {
			return new StoreCalls(timers.stream().mapToLong(Timer::count).sum(), rows,
					timers.stream().mapToDouble((timer) -> timer.totalTime(TimeUnit.MILLISECONDS)).sum());
		}

		StoreCalls plus(StoreCalls other) {
			return new StoreCalls(this.count + other.count, this.rows + other.rows, this.time + other.time);
		}

	}

}
