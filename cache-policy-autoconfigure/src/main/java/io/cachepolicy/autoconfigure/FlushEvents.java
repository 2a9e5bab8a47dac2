package io.cachepolicy.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.cachepolicy.StoreAvailable;
import io.cachepolicy.StoreUnavailable;
import io.cachepolicy.WritesFlushed;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.OwnThreads;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.text.FailureLog;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes what flushes do as events of the application, in the order in which it
 * happened. A thread of its own does, which lives while there is something to publish:
 * listeners that block hold up other events but no flush. If they are too slow for all of
 * them, events are lost, which is logged.
 */
class FlushEvents implements FlushListener, DisposableBean {

	static final int CAPACITY = 1000;

	private static final Log logger = LogFactory.getLog(FlushEvents.class);

	private final FailureLog unexpected = new FailureLog(logger);

	private final ApplicationEventPublisher publisher;

	private final ThreadPoolExecutor executor;

	private volatile boolean losing;

	FlushEvents(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
		OwnThreads threads = new OwnThreads();
		this.executor = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(CAPACITY),
				(task) -> threads.create("cache-policy-events", task), (task, executor) -> lost());
		this.executor.allowCoreThreadTimeOut(true);
	}

	@Override
	public Flush begin(String cacheName, List<WriteContext> contexts) {
		return (result) -> {
			if (result.written() + result.deadLettered() > 0) {
				publish(new WritesFlushed(cacheName, result.written(), result.deadLettered(), result.duration()));
			}
		};
	}

	@Override
	public void storeAway(Set<String> cacheNames, long pending, Throwable failure) {
		publish(new StoreUnavailable(cacheNames, pending, failure));
	}

	@Override
	public void storeBack(Set<String> cacheNames, long pending, Duration away) {
		publish(new StoreAvailable(cacheNames, pending, away));
	}

	private void publish(Object event) {
		this.executor.execute(() -> {
			try {
				this.publisher.publishEvent(event);
			}
			catch (Throwable ex) {
				this.unexpected.warn("A listener failed to handle a " + event.getClass().getSimpleName(), ex);
			}
		});
	}

	private void lost() {
		if (!this.losing && !this.executor.isShutdown()) {
			this.losing = true;
			logger.warn("Listeners are too slow for what flushes do: more than %d events wait, others are lost"
				.formatted(CAPACITY));
		}
	}

	/**
	 * Wait until what happened up to now is published.
	 * @param timeout the longest to wait
	 */
	void await(Duration timeout) {
		if (this.executor.getPoolSize() == 0) {
			return;
		}
		CountDownLatch published = new CountDownLatch(1);
		this.executor.execute(published::countDown);
		try {
			if (!published.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
				logger
					.warn("Listeners did not handle all events of flushes within %d ms".formatted(timeout.toMillis()));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void destroy() {
		this.executor.shutdownNow();
	}

}
