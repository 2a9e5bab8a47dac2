package io.cachepolicy.autoconfigure;

import java.time.Duration;

import io.cachepolicy.FlushReport;
import io.cachepolicy.cache.ConfigurablePolicyCacheManager;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;

/**
 * Starts the caches, and writes what is pending when the application stops: after the web
 * server and the executors, before the data source.
 * <p>
 * Caches defer no writes before the application has started. If a start fails, its beans
 * are destroyed without being stopped, when stores that create beans on demand no longer
 * work: a pending write would be lost.
 */
class PolicyCacheLifecycle implements SmartLifecycle, ApplicationListener<ContextRefreshedEvent> {

	/**
	 * After the web server and the executors.
	 */
	static final int PHASE = ExecutorConfigurationSupport.DEFAULT_PHASE - 1024;

	private static final Duration EVENTS_TIMEOUT = Duration.ofSeconds(1);

	private static final Log logger = LogFactory.getLog(PolicyCacheLifecycle.class);

	private final ConfigurablePolicyCacheManager manager;

	private final FlushEvents events;

	private final ApplicationContext context;

	private final Duration shutdownTimeout;

	private final Duration phaseTimeout;

	private volatile boolean refreshed;

	private volatile boolean running;

	PolicyCacheLifecycle(ConfigurablePolicyCacheManager manager, FlushEvents events, ApplicationContext context,
			Duration shutdownTimeout, Duration phaseTimeout) {
		this.manager = manager;
		this.events = events;
		this.context = context;
		this.shutdownTimeout = shutdownTimeout;
		this.phaseTimeout = phaseTimeout;
	}

	@Override
	public void start() {
		if (this.shutdownTimeout.compareTo(this.phaseTimeout) > 0) {
			logger.warn(
					"'cache-policy.shutdown-timeout' (%s) is longer than 'spring.lifecycle.timeout-per-shutdown-phase' (%s): a shutdown with many pending writes may take longer than the latter says"
						.formatted(this.shutdownTimeout, this.phaseTimeout));
		}
		if (this.refreshed) {
			this.manager.start();
		}
		this.running = true;
	}

	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		if (event.getApplicationContext() == this.context) {
			this.refreshed = true;
			this.manager.start();
		}
	}

	@Override
	public void stop() {
		this.running = false;
		long start = System.nanoTime();
		FlushReport report = this.manager.stop(this.shutdownTimeout);
		summarize(report, Duration.ofNanos(System.nanoTime() - start));
		this.events.await(EVENTS_TIMEOUT);
	}

	private static void summarize(FlushReport report, Duration duration) {
		if (report.equals(FlushReport.EMPTY)) {
			logger.debug("No writes were pending at shutdown");
		}
		else {
			logger.info("Stored %d pending writes at shutdown in %d ms, %d became dead letters, %d are not in the store"
				.formatted(report.written(), duration.toMillis(), report.failed(), report.remaining()));
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
