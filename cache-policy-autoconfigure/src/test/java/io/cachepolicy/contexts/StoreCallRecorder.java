package io.cachepolicy.contexts;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import jakarta.persistence.PrePersist;
import jakarta.persistence.PreUpdate;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Notes what the thread that stores documents carries.
 */
public class StoreCallRecorder {

	private static final List<Call> calls = new CopyOnWriteArrayList<>();

	private final ObservationRegistry observations;

	StoreCallRecorder(ObservationRegistry observations) {
		this.observations = observations;
	}

	static List<Call> takeCalls() {
		List<Call> taken = List.copyOf(calls);
		calls.clear();
		return taken;
	}

	@PrePersist
	@PreUpdate
	void record(Document document) {
		calls.add(new Call(document.getId(), MDC.get("request"), this.observations.getCurrentObservation(),
				Thread.currentThread()));
	}

	/**
	 * A row that is stored.
	 *
	 * @param id the id of the document
	 * @param request the request, from the log context
	 * @param observation the current observation
	 * @param thread the thread
	 */
	record Call(long id, @Nullable String request, @Nullable Observation observation, Thread thread) {

	}

}
