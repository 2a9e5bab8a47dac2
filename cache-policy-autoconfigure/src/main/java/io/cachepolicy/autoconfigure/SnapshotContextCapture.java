package io.cachepolicy.autoconfigure;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.spi.WriteContextCapture;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Captures what the application has registered with Micrometer's context propagation.
 * What a writer did not have is absent in its context, but for the observation: a flush
 * has its own.
 */
class SnapshotContextCapture implements WriteContextCapture {

	/**
	 * Keys of Micrometer's observation and tracing, which need not be there.
	 */
	private static final Set<Object> TRACES = Set.of("micrometer.observation", "micrometer.tracing");

	private final Supplier<ContextSnapshotFactory> factory;

	private final ContextRegistry registry;

	private final WriteContext nothing = (action) -> ContextualAction.run(action, this::runWithout);

	/**
	 * Create a capture.
	 * @param factory takes snapshots
	 * @param registry what is registered
	 */
	SnapshotContextCapture(Supplier<ContextSnapshotFactory> factory, ContextRegistry registry) {
		this.factory = factory;
		this.registry = registry;
	}

	@Override
	public @Nullable WriteContext capture() {
		ContextSnapshot snapshot = this.factory.get().captureAll();
		if (!(snapshot instanceof Map<?, ?> values)) {
			return new SnapshotContext(snapshot, snapshot);
		}
		SecurityContexts.detach(values);
		return (!values.isEmpty()) ? new SnapshotContext(snapshot, identity(values)) : null;
	}

	@Override
	public WriteContext nothing() {
		return this.nothing;
	}

	/**
	 * Run an action without what the thread holds, which may have been left by a store
	 * call before.
	 * @param action the action
	 */
	private void runWithout(Runnable action) {
		Map<ThreadLocalAccessor<Object>, Object> removed = remove();
		try {
			action.run();
		}
		finally {
			removed.forEach(ThreadLocalAccessor::restore);
		}
	}

	@SuppressWarnings("unchecked")
	private Map<ThreadLocalAccessor<Object>, Object> remove() {
		Map<ThreadLocalAccessor<Object>, Object> removed = new LinkedHashMap<>();
		for (ThreadLocalAccessor<?> accessor : this.registry.getThreadLocalAccessors()) {
			Object value = (!TRACES.contains(accessor.key())) ? accessor.getValue() : null;
			if (value != null) {
				accessor.setValue();
				removed.put((ThreadLocalAccessor<Object>) accessor, value);
			}
		}
		return removed;
	}

	/**
	 * Return the values on which what is stored may depend: not what only matters for
	 * logs and traces.
	 * @param values the values
	 * @return the values that tell contexts from each other
	 */
	private static Map<Object, Object> identity(Map<?, ?> values) {
		Map<Object, Object> identity = new HashMap<>(values);
		identity.keySet().removeAll(TRACES);
		identity.remove(Slf4jThreadLocalAccessor.KEY);
		return identity;
	}

	/**
	 * A snapshot.
	 */
	private final class SnapshotContext implements WriteContext {

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
			ContextualAction.run(action, (contextual) -> runWithout(this.snapshot.wrap(contextual)));
		}

		@Override
		public boolean isNestable() {
			return true;
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
