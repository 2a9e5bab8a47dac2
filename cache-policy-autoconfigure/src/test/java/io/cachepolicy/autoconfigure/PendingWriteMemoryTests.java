package io.cachepolicy.autoconfigure;

import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HexFormat;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Specs;
import io.cachepolicy.writeback.WriteBackFactory;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import io.micrometer.tracing.test.simple.SimpleTraceContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what a pending write needs of the heap that was made in a request.
 */
class PendingWriteMemoryTests {

	private static final int WRITES = 40_000;

	private final ObservationRegistry observations = ObservationRegistry.create();

	private final SnapshotContextCapture capture = capture();

	private final FakeStore store = new FakeStore();

	private final PendingWrites writes = new WriteBackFactory(Clock.systemUTC(), (letter) -> {
	}, this.capture).create("items", Specs.of("items").flushThreshold(10 * WRITES).maxPending(10 * WRITES).writeBack(),
			this.store, new IgnoringListener());

	private SnapshotContextCapture capture() {
		ContextRegistry registry = new ContextRegistry()
			.registerThreadLocalAccessor(new ObservationThreadLocalAccessor(this.observations));
		return new SnapshotContextCapture(() -> ContextSnapshotFactory.builder().contextRegistry(registry).build(),
				registry);
	}

	@AfterEach
	void close() {
		this.writes.close();
		this.writes.awaitDrained(Duration.ofSeconds(20));
	}

	@Test
	@DisplayName("G2: a write that was made in a traced request needs no more than 150 bytes more than another one")
	void writeInARequestNeedsNoMoreThanItsIds() {
		this.observations.observationConfig().observationHandler(new RequestHandler());
		long outside = bytesOfWrite(0, (key) -> this.writes.offer(key, "value"));
		long inside = bytesOfWrite(WRITES,
				(key) -> Observation.createNotStarted("request", () -> new RequestContext(key), this.observations)
					.observe(() -> this.writes.offer(key, "value")));
		assertThat(this.writes.size()).isEqualTo(2 * WRITES);
		assertThat(outside).isBetween(50L, 400L);
		assertThat(inside - outside).isBetween(0L, 150L);
	}

	private static long bytesOfWrite(long from, LongConsumer write) {
		long before = usedHeap();
		LongStream.range(from, from + WRITES).forEach(write);
		return (usedHeap() - before) / WRITES;
	}

	private static long usedHeap() {
		long least = Long.MAX_VALUE;
		for (int i = 0; i < 5; i++) {
			System.gc();
			least = Math.min(least, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
		}
		return least;
	}

	/**
	 * What is observed of a request.
	 */
	private static final class RequestContext extends Observation.Context {

		private final long number;

		private final byte[] answer = new byte[2000];

		RequestContext(long number) {
			this.number = number;
		}

	}

	/**
	 * Traces requests as a tracer does.
	 */
	private static final class RequestHandler implements ObservationHandler<RequestContext> {

		@Override
		public void onStart(RequestContext context) {
			SimpleTraceContext ids = new SimpleTraceContext();
			String id = HexFormat.of().toHexDigits(context.number * 0x9E3779B97F4A7C15L);
			ids.setTraceId(id + id);
			ids.setSpanId(id);
			TracingContext tracing = new TracingContext();
			tracing.setSpan(span(ids));
			context.put(TracingContext.class, tracing);
		}

		/**
		 * Return a span, of a kind that nothing else keeps.
		 * @param ids its ids
		 * @return the span
		 */
		private static Span span(TraceContext ids) {
			return (Span) Proxy.newProxyInstance(Span.class.getClassLoader(), new Class<?>[] { Span.class },
					(proxy, method, arguments) -> (method.getName().equals("context")) ? ids : false);
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof RequestContext;
		}

	}

	/**
	 * A listener of a cache that nobody reads.
	 */
	private static final class IgnoringListener implements PendingWrites.Listener {

		@Override
		public void onWritten(Object key, Object value, @Nullable Object stored) {
		}

		@Override
		public void onGivenUp(Object key) {
		}

		@Override
		public void onStoreChanged(Collection<Object> keys) {
		}

	}

}
