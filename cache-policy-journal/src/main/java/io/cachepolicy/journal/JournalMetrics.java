package io.cachepolicy.journal;

import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * Meters of the journal.
 */
class JournalMetrics implements MeterBinder {

	private final Journal journal;

	JournalMetrics(Journal journal) {
		this.journal = journal;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("cache.policy.journal.size", this.journal, of((parts) -> parts.storage().size()))
			.baseUnit("bytes")
			.description("Size of the files of the journal")
			.register(registry);
		timer(registry, "append", "Writes of records that the operating system has", Appender::writes);
		timer(registry, "sync", "Writes of records that the disk has", Appender::syncs);
		FunctionCounter
			.builder("cache.policy.journal.recovered", this.journal, (journal) -> journal.counts().recovered.sum())
			.description("Writes that an earlier process left")
			.register(registry);
		Gauge.builder("cache.policy.journal.unreadable", this.journal, (journal) -> journal.counts().unreadable.sum())
			.description("Records that can't be read")
			.register(registry);
		FunctionCounter
			.builder("cache.policy.journal.refused", this.journal, (journal) -> journal.counts().refused.sum())
			.description("Writes that could not be recorded")
			.register(registry);
	}

	private void timer(MeterRegistry registry, String name, String description,
			Function<Appender, Appender.Times> times) {
		FunctionTimer
			.builder("cache.policy.journal." + name, this.journal, count(times), nanos(times), TimeUnit.NANOSECONDS)
			.description(description)
			.register(registry);
	}

	private static ToLongFunction<Journal> count(Function<Appender, Appender.Times> times) {
		return (journal) -> {
			Journal.Parts parts = journal.parts();
			return (parts != null) ? times.apply(parts.appender()).count() : 0;
		};
	}

	private static ToDoubleFunction<Journal> nanos(Function<Appender, Appender.Times> times) {
		return of((parts) -> times.apply(parts.appender()).nanos());
	}

	private static ToDoubleFunction<Journal> of(ToDoubleFunction<Journal.Parts> value) {
		return (journal) -> {
			Journal.@Nullable Parts parts = journal.parts();
			return (parts != null) ? value.applyAsDouble(parts) : 0;
		};
	}

}
