package io.cachepolicy.autoconfigure;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.WriteDeadLettered;
import io.cachepolicy.WriteFailureHandler;
import io.cachepolicy.text.FailureLog;
import io.cachepolicy.text.KeyText;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.util.function.SingletonSupplier;

/**
 * Tells the application of writes that failed: calls its {@link WriteFailureHandler
 * handlers}, which are looked for when the first one fails, then publishes a
 * {@link WriteDeadLettered} event. Nothing that they throw leaves this class. A write is
 * taken if a handler did not throw.
 */
class WriteFailures implements Predicate<DeadLetter> {

	private static final Log logger = LogFactory.getLog(WriteFailures.class);

	private final FailureLog unexpected = new FailureLog(logger);

	private final Supplier<List<WriteFailureHandler>> handlers;

	private final ApplicationEventPublisher publisher;

	WriteFailures(ObjectProvider<WriteFailureHandler> handlers, ApplicationEventPublisher publisher) {
		this.handlers = SingletonSupplier.of(() -> handlers.orderedStream().toList());
		this.publisher = publisher;
	}

	@Override
	public boolean test(DeadLetter letter) {
		AtomicBoolean taken = new AtomicBoolean();
		quietly(letter, "The handlers", () -> this.handlers.get().forEach((handler) -> {
			if (quietly(letter, handler.getClass().getName(), () -> handler.handle(letter))) {
				taken.set(true);
			}
		}));
		if (letter.kind() != DeadLetter.Kind.NOT_STORED) {
			quietly(letter, "A listener", () -> this.publisher.publishEvent(new WriteDeadLettered(letter)));
		}
		return taken.get();
	}

	private boolean quietly(DeadLetter letter, String who, Runnable call) {
		try {
			call.run();
			return true;
		}
		catch (Throwable ex) {
			this.unexpected.error("%s failed to handle a write that failed: cache '%s', key '%s'".formatted(who,
					letter.cache(), KeyText.of(letter.key())), ex);
			return false;
		}
	}

}
