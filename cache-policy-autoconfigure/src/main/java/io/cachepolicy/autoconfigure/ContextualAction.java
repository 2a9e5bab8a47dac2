package io.cachepolicy.autoconfigure;

import java.lang.reflect.UndeclaredThrowableException;
import java.util.function.Consumer;

import io.cachepolicy.text.FailureLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * An action that is run by code of the application, which restores a context around it
 * and may swallow what the action throws, or fail itself. Whether the action took place
 * is told by the action alone.
 */
final class ContextualAction implements Runnable {

	private static final Log logger = LogFactory.getLog(ContextualAction.class);

	private static final FailureLog failures = FailureLog.verbatim(logger);

	private final Runnable action;

	private boolean done;

	private @Nullable Throwable failure;

	private ContextualAction(Runnable action) {
		this.action = action;
	}

	/**
	 * Run an action.
	 * @param action the action
	 * @param context runs the action in a context
	 */
	static void run(Runnable action, Consumer<Runnable> context) {
		ContextualAction contextual = new ContextualAction(action);
		try {
			context.accept(contextual);
		}
		catch (Throwable ex) {
			contextual.contextFailed(ex);
		}
		contextual.finish();
	}

	@Override
	public void run() {
		if (this.done) {
			throw new IllegalStateException("The context of a deferred write runs its flush twice");
		}
		this.done = true;
		try {
			this.action.run();
		}
		catch (Throwable ex) {
			this.failure = ex;
			throw ex;
		}
	}

	private void contextFailed(Throwable ex) {
		if (!this.done) {
			this.done = true;
			this.failure = ex;
		}
		else if (ex != this.failure) {
			failures.warn("Context of a deferred write could not be removed after its flush", ex);
		}
	}

	private void finish() {
		if (!this.done) {
			throw new IllegalStateException("The context of a deferred write does not run its flush");
		}
		if (this.failure instanceof RuntimeException ex) {
			throw ex;
		}
		if (this.failure instanceof Error ex) {
			throw ex;
		}
		if (this.failure != null) {
			throw new UndeclaredThrowableException(this.failure);
		}
	}

}
