package io.cachepolicy.contexts;

import java.util.List;
import java.util.Map;

import io.cachepolicy.contexts.StoreCallRecorder.Call;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * {@link AbstractContextTests} with Micrometer's context propagation.
 */
class SnapshotContextTests extends AbstractContextTests {

	private static final String KEY = "test.user";

	@Override
	Class<?>[] configurations() {
		return new Class<?>[0];
	}

	@BeforeAll
	static void register() {
		ContextRegistry.getInstance()
			.registerThreadLocalAccessor(KEY, ContextApplication.USER)
			.registerThreadLocalAccessor(new Slf4jThreadLocalAccessor("request"));
	}

	@AfterAll
	static void unregister() {
		ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
		ContextRegistry.getInstance().removeThreadLocalAccessor(Slf4jThreadLocalAccessor.KEY);
	}

	@AfterEach
	void clear() {
		MDC.clear();
	}

	@Test
	void writesOfOneUserShareACallThoughRequestsDiffer() {
		for (long id = 1; id <= 6; id++) {
			request(id, (id % 2 == 0) ? "ada" : "bob");
		}
		flush(6);
		assertThat(modifiers()).isEqualTo(Map.of(1L, "bob", 2L, "ada", 3L, "bob", 4L, "ada", 5L, "bob", 6L, "ada"));
		assertThat(StoreCallRecorder.takeCalls()).extracting(Call::id, Call::request)
			.containsExactlyInAnyOrder(tuple(1L, "request 1"), tuple(3L, "request 1"), tuple(5L, "request 1"),
					tuple(2L, "request 2"), tuple(4L, "request 2"), tuple(6L, "request 2"));
	}

	@Test
	void storeCallHasLogContextOfWriterAndObservationOfFlush() {
		Observation request = request(1, "ada");
		flush(1);
		List<Call> calls = StoreCallRecorder.takeCalls();
		assertThat(calls).hasSize(1).allSatisfy((call) -> {
			assertThat(call.request()).isEqualTo("request 1");
			assertThat(call.observation()).isNotNull().isNotSameAs(request);
			assertThat(call.thread()).isNotSameAs(Thread.currentThread());
		});
		put(2);
		flush(1);
		assertThat(StoreCallRecorder.takeCalls()).hasSize(1).allSatisfy((call) -> {
			assertThat(call.request()).isNull();
			assertThat(call.observation()).isNotNull().isNotSameAs(request);
		});
	}

	/**
	 * Write in a request, which ends before the flush.
	 * @param id the id of the document
	 * @param user who writes
	 * @return the observation of the request
	 */
	private Observation request(long id, String user) {
		Observation request = Observation.start("request", bean(ObservationRegistry.class));
		MDC.put("request", "request " + id);
		request.scoped(() -> as(user, () -> put(id)));
		request.stop();
		MDC.clear();
		return request;
	}

}
