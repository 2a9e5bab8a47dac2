package io.cachepolicy.actuate;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.SpanReference;
import io.cachepolicy.spi.WriteContext;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.micrometer.tracing.Link;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.test.simple.SimpleSpan;
import io.micrometer.tracing.test.simple.SimpleTracer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessResourceFailureException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FlushObserver}, {@link FlushTracingHandler} and
 * {@link CachePolicyObservation#FLUSH}.
 */
class FlushObserverTests {

	private final TestObservationRegistry registry = TestObservationRegistry.create();

	private final FlushObserver observer = new FlushObserver(this.registry, "caches", null);

	@Test
	void flushIsObserved() {
		FlushListener.Flush flush = this.observer.begin("items", List.of());
		Observation current = this.registry.getCurrentObservation();
		assertThat(current).isNotNull();
		flush.end(result(3, 3, 0, 0, null));
		assertThat(this.registry.getCurrentObservation()).isNull();
		TestObservationRegistryAssert.assertThat(this.registry)
			.hasSingleObservationThat()
			.hasNameEqualTo("cache.policy.flush")
			.hasContextualNameEqualTo("flush items")
			.hasBeenStarted()
			.hasBeenStopped()
			.hasLowCardinalityKeyValue("cache", "items")
			.hasLowCardinalityKeyValue("cache.manager", "caches")
			.hasLowCardinalityKeyValue("result", "written")
			.hasHighCardinalityKeyValue("batch.size", "3")
			.hasHighCardinalityKeyValue("written", "3")
			.hasHighCardinalityKeyValue("dead-lettered", "0")
			.hasHighCardinalityKeyValue("pending", "0")
			.doesNotHaveError();
	}

	@Test
	void keyNamesAreThoseThatAreDocumented() {
		this.observer.begin("items", List.of()).end(result(3, 3, 0, 0, null));
		String[] names = Stream
			.concat(Stream.of(CachePolicyObservation.FlushKeyNames.values()),
					Stream.of(CachePolicyObservation.FlushDetailKeyNames.values()))
			.map((name) -> name.asString())
			.toArray(String[]::new);
		TestObservationRegistryAssert.assertThat(this.registry).hasSingleObservationThat().hasOnlyKeys(names);
	}

	@Test
	void resultTellsWhatBecameOfBatch() {
		assertThat(resultOf(result(3, 2, 1, 0, null))).isEqualTo("partial");
		assertThat(resultOf(result(3, 2, 0, 1, null))).isEqualTo("partial");
		assertThat(resultOf(result(3, 0, 0, 3, new DataAccessResourceFailureException("no connection"))))
			.isEqualTo("store-away");
		assertThat(resultOf(result(3, 0, 0, 3, new IllegalStateException("bug")))).isEqualTo("failed");
	}

	private static @Nullable String resultOf(FlushListener.Result result) {
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		ObservationRegistry observations = ObservationRegistry.create();
		observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
		new FlushObserver(observations, "caches", null).begin("items", List.of()).end(result);
		return meters.get("cache.policy.flush").timer().getId().getTag("result");
	}

	@Test
	void failureIsErrorOfObservation() {
		DataAccessResourceFailureException failure = new DataAccessResourceFailureException("no connection");
		this.observer.begin("items", List.of()).end(result(3, 0, 0, 3, failure));
		TestObservationRegistryAssert.assertThat(this.registry).hasSingleObservationThat().hasError(failure);
	}

	@Test
	void flushIsTimed() {
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		this.registry.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
		this.observer.begin("items", List.of()).end(result(3, 3, 0, 0, null));
		assertThat(meters.get("cache.policy.flush")
			.tags("cache", "items", "cache.manager", "caches", "result", "written")
			.timer()
			.count()).isOne();
	}

	@Test
	void conventionIsReplaced() {
		FlushObserver observer = new FlushObserver(this.registry, "caches", new DefaultFlushObservationConvention() {

			@Override
			public String getName() {
				return "my.flush";
			}

		});
		observer.begin("items", List.of()).end(result(1, 1, 0, 0, null));
		TestObservationRegistryAssert.assertThat(this.registry).hasObservationWithNameEqualTo("my.flush");
	}

	@Test
	void spanIsLinkedToSpansOfWriters() {
		SimpleTracer tracer = trace();
		Observation.start("ada", this.registry).stop();
		Observation.start("bob", this.registry).stop();
		SpanReference ada = referenceTo(spanNamed(tracer, "ada"));
		SpanReference bob = referenceTo(spanNamed(tracer, "bob"));
		List<WriteContext> contexts = List.of(contextOf(ada), contextOf(ada), contextOf(bob), contextOf(null));
		this.observer.begin("items", contexts).end(result(4, 4, 0, 0, null));
		SimpleSpan flush = tracer.getSpans().getLast();
		assertThat(flush.getName()).isEqualTo("flush items");
		assertThat(flush.getTags()).containsEntry("batch.size", "4").containsEntry("result", "written");
		assertThat(flush.getEndTimestamp()).isNotNull();
		assertThat(flush.getLinks()).extracting(Link::getTraceContext)
			.extracting((link) -> SpanReference.of(link.traceId(), link.spanId(), link.sampled()))
			.containsExactly(ada, bob);
		assertThat(flush.getParentId()).isEmpty();
	}

	@Test
	void numberOfLinksIsLimited() {
		SimpleTracer tracer = trace();
		List<WriteContext> contexts = IntStream.range(0, FlushObserver.MAX_WRITERS + 10)
			.mapToObj((number) -> contextOf(SpanReference.of("trace", "span" + number, true)))
			.toList();
		this.observer.begin("items", contexts).end(result(138, 138, 0, 0, null));
		assertThat(tracer.getSpans().getLast().getLinks()).hasSize(FlushObserver.MAX_WRITERS);
	}

	@Test
	void scopeIsClosedWhenFlushEndsAndOtherThreadsAreNotAffected() {
		FlushListener.Flush flush = this.observer.begin("items", List.of());
		assertThat(CompletableFuture.supplyAsync(() -> this.registry.getCurrentObservation() == null).join()).isTrue();
		flush.end(result(1, 1, 0, 0, null));
		assertThat(this.registry.getCurrentObservation()).isNull();
	}

	private SimpleTracer trace() {
		SimpleTracer tracer = new SimpleTracer();
		this.registry.observationConfig()
			.observationHandler(new ObservationHandler.FirstMatchingCompositeObservationHandler(
					new FlushTracingHandler(tracer), new DefaultTracingObservationHandler(tracer)));
		return tracer;
	}

	private static SimpleSpan spanNamed(SimpleTracer tracer, String name) {
		return tracer.getSpans().stream().filter((span) -> name.equals(span.getName())).findFirst().orElseThrow();
	}

	private static FlushListener.Result result(int size, int written, int deadLettered, int pending,
			@Nullable Throwable failure) {
		return new FlushListener.Result(size, written, deadLettered, pending, Duration.ofMillis(1), failure,
				failure instanceof DataAccessResourceFailureException);
	}

	private static SpanReference referenceTo(SimpleSpan span) {
		return SpanReference.of(span.context().traceId(), span.context().spanId(), span.context().sampled());
	}

	private static WriteContext contextOf(@Nullable SpanReference span) {
		return new WriteContext() {

			@Override
			public void run(Runnable action) {
				action.run();
			}

			@Override
			public @Nullable SpanReference span() {
				return span;
			}

		};
	}

}
