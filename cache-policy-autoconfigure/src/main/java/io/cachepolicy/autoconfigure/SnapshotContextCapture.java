package io.cachepolicy.autoconfigure;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.spi.WriteContextCapture;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Captures what the application has registered with Micrometer's context propagation.
 */
class SnapshotContextCapture implements WriteContextCapture {

	/**
	 * What only matters for logs and traces. The first two are the keys of Micrometer's
	 * observation and tracing, which need not be there.
	 */
	private static final Set<Object> LOGS_AND_TRACES = Set.of("micrometer.observation", "micrometer.tracing",
			Slf4jThreadLocalAccessor.KEY);

	private final Supplier<ContextSnapshotFactory> factory;

	SnapshotContextCapture(Supplier<ContextSnapshotFactory> factory) {
		this.factory = factory;
	}

	@Override
	public @Nullable WriteContext capture() {
		ContextSnapshot snapshot = this.factory.get().captureAll();
		if (!(snapshot instanceof Map<?, ?> values)) {
			return new SnapshotContext(snapshot, snapshot);
		}
		return (!values.isEmpty()) ? new SnapshotContext(snapshot, identity(values)) : null;
	}

	private static Map<Object, Object> identity(Map<?, ?> values) {
		Map<Object, Object> identity = new HashMap<>(values);
		identity.keySet().removeAll(LOGS_AND_TRACES);
		return identity;
	}

	/**
	 * A snapshot.
	 */
	private static final class SnapshotContext implements WriteContext {

		private final ContextSnapshot snapshot;

		private final Object identity;

		/**
		 * Create a context.
		 * @param snapshot the snapshot
		 * @param identity what tells it from others: the values on which what is stored
		 * may depend
		 */
		SnapshotContext(ContextSnapshot snapshot, Object identity) {
			this.snapshot = snapshot;
			this.identity = identity;
		}

		@Override
		public void run(Runnable action) {
			ContextualAction.run(action, (contextual) -> this.snapshot.wrap(contextual).run());
		}

		@Override
		public @Nullable Object get(Object key) {
			return (this.snapshot instanceof Map<?, ?> values) ? values.get(key) : null;
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof SnapshotContext context && this.identity.equals(context.identity);
		}

		@Override
		public int hashCode() {
			return this.identity.hashCode();
		}

	}

}
