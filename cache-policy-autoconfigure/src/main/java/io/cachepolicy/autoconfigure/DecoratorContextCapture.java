package io.cachepolicy.autoconfigure;

import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.spi.WriteContextCapture;
import org.jspecify.annotations.Nullable;

import org.springframework.core.task.TaskDecorator;

/**
 * Captures what a {@link TaskDecorator} carries from the thread that submits a task to
 * the one that runs it: the write is the submission. What that is can't be compared, so
 * that a context is equal to itself only.
 */
class DecoratorContextCapture implements WriteContextCapture {

	private final TaskDecorator decorator;

	DecoratorContextCapture(TaskDecorator decorator) {
		this.decorator = decorator;
	}

	@Override
	public @Nullable WriteContext capture() {
		Slot slot = new Slot();
		Runnable decorated = this.decorator.decorate(slot);
		return (decorated != slot) ? new DecoratorContext(slot, decorated) : null;
	}

	/**
	 * A decorated task, whose action is known only when it is run.
	 */
	private static final class DecoratorContext implements WriteContext {

		private final Slot slot;

		private final Runnable decorated;

		DecoratorContext(Slot slot, Runnable decorated) {
			this.slot = slot;
			this.decorated = decorated;
		}

		@Override
		public void run(Runnable action) {
			ContextualAction.run(action, this::runDecorated);
		}

		private void runDecorated(Runnable action) {
			this.slot.action = action;
			try {
				this.decorated.run();
			}
			finally {
				this.slot.action = null;
			}
		}

	}

	/**
	 * The task that is decorated.
	 */
	private static final class Slot implements Runnable {

		private @Nullable Runnable action;

		@Override
		public void run() {
			Runnable action = this.action;
			if (action != null) {
				action.run();
			}
		}

	}

}
