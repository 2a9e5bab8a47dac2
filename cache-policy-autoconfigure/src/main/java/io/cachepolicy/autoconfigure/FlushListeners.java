package io.cachepolicy.autoconfigure;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.WriteContext;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.function.SingletonSupplier;

/**
 * Tells all {@link FlushListener} beans, which are looked for when there is something to
 * tell. Flushes end in the reverse order in which they began. What a listener throws is
 * logged, in full the first time.
 */
class FlushListeners implements FlushListener {

	private static final Log logger = LogFactory.getLog(FlushListeners.class);

	private final Supplier<List<FlushListener>> listeners;

	private volatile boolean failed;

	FlushListeners(ObjectProvider<FlushListener> listeners) {
		this.listeners = SingletonSupplier.of(() -> listeners.orderedStream().toList());
	}

	@Override
	public Flush begin(String cacheName, List<WriteContext> contexts) {
		Deque<Flush> begun = new ArrayDeque<>();
		tell((listener) -> begun.push(listener.begin(cacheName, contexts)));
		return (result) -> begun.forEach((flush) -> quietly(() -> flush.end(result)));
	}

	@Override
	public void storeAway(Set<String> cacheNames, long pending, Throwable failure) {
		tell((listener) -> listener.storeAway(cacheNames, pending, failure));
	}

	@Override
	public void storeBack(Set<String> cacheNames, long pending, Duration away) {
		tell((listener) -> listener.storeBack(cacheNames, pending, away));
	}

	private void tell(Consumer<FlushListener> action) {
		List<FlushListener> found = new ArrayList<>();
		quietly(() -> found.addAll(this.listeners.get()));
		found.forEach((listener) -> quietly(() -> action.accept(listener)));
	}

	private void quietly(Runnable action) {
		try {
			action.run();
		}
		catch (Throwable ex) {
			if (!this.failed) {
				this.failed = true;
				logger.warn("A listener of flushes failed; further failures are logged at debug level", ex);
			}
			else {
				logger.debug("A listener of flushes failed", ex);
			}
		}
	}

}
