package io.cachepolicy.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.cachepolicy.spi.SpanReference;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.spi.WriteContextCapture;
import io.cachepolicy.text.FailureLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.CompositeTaskDecorator;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.util.function.SingletonSupplier;

/**
 * Captures what the application wants to be carried to other threads: by beans that
 * capture, which restore first, and by its {@link TaskDecorator task decorators}, in the
 * order that executors give them. The beans are looked for at the first write. A part
 * that can't be captured is logged and left out, as the write has been accepted.
 */
class WriteContexts implements WriteContextCapture {

	private static final Log logger = LogFactory.getLog(WriteContexts.class);

	private final FailureLog unexpected = FailureLog.verbatim(logger);

	private final Supplier<List<WriteContextCapture>> captures;

	WriteContexts(ObjectProvider<WriteContextCapture> captures, ObjectProvider<TaskDecorator> decorators) {
		this.captures = SingletonSupplier.of(() -> find(captures, decorators));
	}

	private static List<WriteContextCapture> find(ObjectProvider<WriteContextCapture> captures,
			ObjectProvider<TaskDecorator> decorators) {
		List<WriteContextCapture> found = new ArrayList<>(captures.orderedStream().toList());
		List<TaskDecorator> others = decorators.orderedStream().filter((decorator) -> !isSnapshot(decorator)).toList();
		if (!others.isEmpty()) {
			logger.info(
					"Deferred writes carry what task decorators capture (%s): as that can't be compared, writes of stores that may depend on it share no call"
						.formatted(describe(others)));
			found.add(new DecoratorContextCapture(new CompositeTaskDecorator(others)));
		}
		return found;
	}

	private static String describe(List<TaskDecorator> decorators) {
		return decorators.stream().map((decorator) -> decorator.getClass().getName()).collect(Collectors.joining(", "));
	}

	/**
	 * Return whether a decorator carries what {@link SnapshotContextCapture} does, which
	 * is there with it.
	 * @param decorator the decorator
	 * @return whether it carries nothing else
	 */
	private static boolean isSnapshot(TaskDecorator decorator) {
		return decorator.getClass() == ContextPropagatingTaskDecorator.class;
	}

	@Override
	public @Nullable WriteContext capture() {
		WriteContext context = WriteContext.NOTHING;
		boolean captured = false;
		for (WriteContextCapture capture : findQuietly()) {
			WriteContext inner = captureQuietly(capture);
			captured |= inner != null;
			context = nest(context, (inner != null) ? inner : capture.nothing());
		}
		return (captured) ? context : null;
	}

	@Override
	public WriteContext nothing() {
		return (action) -> {
			WriteContext nothing = WriteContext.NOTHING;
			for (WriteContextCapture capture : findQuietly()) {
				nothing = nest(nothing, capture.nothing());
			}
			nothing.run(action);
		};
	}

	private static WriteContext nest(WriteContext outer, WriteContext inner) {
		if (inner == WriteContext.NOTHING) {
			return outer;
		}
		return (outer != WriteContext.NOTHING) ? new NestedContext(outer, inner) : inner;
	}

	private List<WriteContextCapture> findQuietly() {
		try {
			return this.captures.get();
		}
		catch (Throwable ex) {
			warn(ex);
			return List.of();
		}
	}

	private @Nullable WriteContext captureQuietly(WriteContextCapture capture) {
		try {
			return capture.capture();
		}
		catch (Throwable ex) {
			warn(ex);
			return null;
		}
	}

	private void warn(Throwable ex) {
		this.unexpected
			.warn("Context of a deferred write could not be captured, so that the write is stored without it", ex);
	}

	/**
	 * A context in another one.
	 *
	 * @param outer restored first
	 * @param inner restored in the outer one
	 */
	private record NestedContext(WriteContext outer, WriteContext inner) implements WriteContext {

		@Override
		public void run(Runnable action) {
			this.outer.run(() -> this.inner.run(action));
		}

		@Override
		public @Nullable SpanReference span() {
			SpanReference span = this.outer.span();
			return (span != null) ? span : this.inner.span();
		}

	}

}
