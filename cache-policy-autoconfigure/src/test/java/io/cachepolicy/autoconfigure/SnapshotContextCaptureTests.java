package io.cachepolicy.autoconfigure;

import java.util.List;

import io.cachepolicy.spi.SpanReference;
import io.cachepolicy.spi.WriteContext;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.test.simple.SimpleTracer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import org.springframework.web.context.request.RequestAttributesThreadLocalAccessor;
import org.springframework.web.context.request.RequestContextHolder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link SnapshotContextCapture}.
 */
class SnapshotContextCaptureTests {

	private final ThreadLocal<@Nullable String> auditor = new ThreadLocal<>();

	private final TestObservationRegistry observations = TestObservationRegistry.create();

	private final SnapshotContextCapture capture = capture(
			new ContextRegistry().registerThreadLocalAccessor("test.auditor", this.auditor)
				.registerThreadLocalAccessor(new Slf4jThreadLocalAccessor())
				.registerThreadLocalAccessor(new RequestAttributesThreadLocalAccessor())
				.registerThreadLocalAccessor(new ObservationThreadLocalAccessor(this.observations)));

	private final FlushingThread thread = new FlushingThread();

	@AfterEach
	void clear() {
		MDC.clear();
		this.thread.close();
	}

	@Test
	void captureWhenNothingIsRegisteredIsNull() {
		this.auditor.set("ada");
		assertThat(capture(new ContextRegistry()).capture()).isNull();
	}

	@Test
	void runRestoresValueAndRemovesIt() {
		WriteContext context = captureAs("ada");
		assertThat(this.thread.call(context, this.auditor::get)).isEqualTo("ada");
		assertThat(this.thread.call(null, this.auditor::get)).isNull();
		assertThat(this.thread.call(context, this.auditor::get)).isEqualTo("ada");
	}

	@Test
	void runRestoresLogContextAndRemovesIt() {
		MDC.put("request", "r1");
		WriteContext context = captureAs("ada");
		MDC.put("request", "r2");
		assertThat(this.thread.call(context, () -> MDC.get("request"))).isEqualTo("r1");
		assertThat(this.thread.call(null, () -> MDC.get("request"))).isNull();
	}

	@Test
	@DisplayName("G2: of an observation only the ids of its span are kept, and a store call has the observation of its flush")
	void observationOfWriterIsNotKept() {
		SimpleTracer tracer = new SimpleTracer();
		this.observations.observationConfig().observationHandler(new DefaultTracingObservationHandler(tracer));
		Observation request = Observation.start("request", this.observations);
		WriteContext context = request.scoped(() -> captureAs("ada"));
		WriteContext traced = request.scoped(this.capture::capture);
		request.stop();
		TraceContext span = tracer.getSpans().getLast().context();
		SpanReference expected = SpanReference.of(span.traceId(), span.spanId(), span.sampled());
		assertThat(context.span()).isEqualTo(expected);
		assertThat(traced).isNotNull().extracting(WriteContext::span).isEqualTo(expected);
		Observation flush = Observation.start("flush", this.observations);
		assertThat(this.thread.call(context, () -> flush.scoped(this.observations::getCurrentObservation)))
			.isSameAs(flush);
		assertThat(this.thread.call(context, this.observations::getCurrentObservation)).isNull();
		assertThat(this.thread.call(traced, this.observations::getCurrentObservation)).isNull();
	}

	@Test
	@DisplayName("G2: without a tracer nothing is kept of a request")
	void requestIsNotKept() {
		Observation request = Observation.start("request", this.observations);
		RequestContextHolder.setRequestAttributes(mock());
		try {
			assertThat(request.scoped(this.capture::capture)).isNull();
			assertThat(captureAs("ada").span()).isNull();
			assertThat(this.thread.call(captureAs("ada"), RequestContextHolder::getRequestAttributes)).isNull();
		}
		finally {
			RequestContextHolder.resetRequestAttributes();
		}
	}

	@Test
	void runWhenActionFailsThrowsThatAndRemovesValue() {
		WriteContext context = captureAs("ada");
		assertThatIllegalStateException().isThrownBy(() -> context.run(() -> {
			throw new IllegalStateException("refused by " + this.auditor.get());
		})).withMessage("refused by ada");
		assertThat(this.auditor.get()).isNull();
	}

	@Test
	void contextsOfSameValuesAreEqual() {
		assertThat(captureAs("ada")).isEqualTo(captureAs("ada")).hasSameHashCodeAs(captureAs("ada"));
	}

	@Test
	void contextsOfOtherValuesDiffer() {
		assertThat(captureAs("ada")).isNotEqualTo(captureAs("bob"));
	}

	@Test
	void contextsThatDifferInLogsAndTracesOnlyAreEqual() {
		WriteContext first = captureAs("ada");
		MDC.put("request", "r1");
		Observation request = Observation.start("request", this.observations);
		List<WriteContext> others = request.scoped(() -> List.of(captureAs("ada"), captureAs("bob")));
		assertThat(others.get(0)).isEqualTo(first).hasSameHashCodeAs(first);
		assertThat(others.get(1)).isNotEqualTo(first);
	}

	@Test
	void contextsThatCannotBeLookedIntoEqualThemselvesOnly() {
		ContextSnapshotFactory factory = mock();
		given(factory.captureAll()).willReturn(mock(ContextSnapshot.class), mock(ContextSnapshot.class));
		SnapshotContextCapture foreign = new SnapshotContextCapture(() -> factory, new ContextRegistry());
		WriteContext context = foreign.capture();
		assertThat(context).isNotNull().isEqualTo(context).isNotEqualTo(foreign.capture());
	}

	private WriteContext captureAs(String name) {
		this.auditor.set(name);
		try {
			WriteContext context = this.capture.capture();
			assertThat(context).isNotNull();
			return context;
		}
		finally {
			this.auditor.remove();
		}
	}

	private static SnapshotContextCapture capture(ContextRegistry registry) {
		return new SnapshotContextCapture(() -> ContextSnapshotFactory.builder().contextRegistry(registry).build(),
				registry);
	}

}
