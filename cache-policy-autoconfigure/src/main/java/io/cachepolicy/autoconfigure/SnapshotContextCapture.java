package io.cachepolicy.autoconfigure;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import io.cachepolicy.spi.SpanReference;
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
 * has its own. Of the writer's the ids are kept, and of its request nothing is.
 */
class SnapshotContextCapture implements WriteContextCapture {

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
			return new SnapshotContext(snapshot, null);
		}
		SpanReference span = WriterTraces.take(values);
		RequestContexts.remove(values);
		SecurityContexts.detach(values);
		if (!values.isEmpty()) {
			return new SnapshotContext(snapshot, span);
		}
		return (span != null) ? new SnapshotContext(null, span) : null;
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
			Object value = (!WriterTraces.isKey(accessor.key())) ? accessor.getValue() : null;
			if (value != null) {
				accessor.setValue();
				removed.put((ThreadLocalAccessor<Object>) accessor, value);
			}
		}
		return removed;
	}

	/**
	 * A snapshot.
	 */
	private final class SnapshotContext implements WriteContext {

		private final @Nullable ContextSnapshot snapshot;

		private final @Nullable SpanReference span;

		/**
		 * Create a context.
		 * @param snapshot the snapshot, {@code null} if it is empty
		 * @param span the span of the writer, if there was one
		 */
		SnapshotContext(@Nullable ContextSnapshot snapshot, @Nullable SpanReference span) {
			this.snapshot = snapshot;
			this.span = span;
		}

		@Override
		public void run(Runnable action) {
			ContextSnapshot snapshot = this.snapshot;
			ContextualAction.run(action,
					(contextual) -> runWithout((snapshot != null) ? snapshot.wrap(contextual) : contextual));
		}

		@Override
		public boolean isNestable() {
			return true;
		}

		@Override
		public @Nullable SpanReference span() {
			return this.span;
		}

		/**
		 * Return what tells this context from others: the values on which what is stored
		 * may depend, and not what only matters for logs.
		 * @return the values, or the snapshot if it does not show them
		 */
		private Object identity() {
			if (!(this.snapshot instanceof Map<?, ?> values)) {
				return (this.snapshot != null) ? this.snapshot : Map.of();
			}
			if (!values.containsKey(Slf4jThreadLocalAccessor.KEY)) {
				return values;
			}
			Map<Object, Object> identity = new HashMap<>(values);
			identity.remove(Slf4jThreadLocalAccessor.KEY);
			return identity;
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof SnapshotContext context && identity().equals(context.identity());
		}

		@Override
		public int hashCode() {
			return identity().hashCode();
		}

	}

}
