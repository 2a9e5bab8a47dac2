package io.cachepolicy.autoconfigure;

import java.util.Map;

import io.cachepolicy.spi.SpanReference;
import io.micrometer.observation.Observation;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Keeps of a writer's observation and span the ids: they hold its request and its answer,
 * and a write may be pending for long.
 */
final class WriterTraces {

	/**
	 * Keys of Micrometer's observation and tracing, which need not be there.
	 */
	private static final String OBSERVATION = "micrometer.observation";

	private static final String SPAN = "micrometer.tracing";

	private static final boolean PRESENT = isPresent("io.micrometer.observation.Observation")
			&& isPresent("io.micrometer.tracing.handler.TracingObservationHandler");

	private WriterTraces() {
	}

	private static boolean isPresent(String name) {
		return ClassUtils.isPresent(name, WriterTraces.class.getClassLoader());
	}

	/**
	 * Return whether a key is that of an observation or a span.
	 * @param key the key
	 * @return whether its value belongs to the thread that has it, and to no flush
	 */
	static boolean isKey(Object key) {
		return OBSERVATION.equals(key) || SPAN.equals(key);
	}

	/**
	 * Take observation and span out of what was captured.
	 * @param values what was captured
	 * @return what is kept of them, {@code null} if there was no span
	 */
	static @Nullable SpanReference take(Map<?, ?> values) {
		Object observation = values.remove(OBSERVATION);
		Object span = values.remove(SPAN);
		return (PRESENT) ? Reader.read(observation, span) : null;
	}

	/**
	 * Loaded only if there is Micrometer Tracing.
	 */
	private static final class Reader {

		static @Nullable SpanReference read(@Nullable Object observation, @Nullable Object other) {
			Span span = (observation instanceof Observation current) ? spanOf(current) : null;
			if (span == null && other instanceof Span current) {
				span = current;
			}
			if (span == null || span.isNoop()) {
				return null;
			}
			TraceContext context = span.context();
			return SpanReference.of(context.traceId(), context.spanId(), context.sampled());
		}

		private static @Nullable Span spanOf(Observation observation) {
			TracingContext tracing = observation.getContextView().get(TracingContext.class);
			return (tracing != null) ? tracing.getSpan() : null;
		}

	}

}
