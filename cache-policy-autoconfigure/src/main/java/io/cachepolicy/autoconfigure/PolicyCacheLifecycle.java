package io.cachepolicy.autoconfigure;

import java.time.Duration;

import io.cachepolicy.cache.CaffeinePolicyCacheManager;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;

/**
 * Starts the caches, and writes what is pending when the application stops: after the web
 * server and the executors, before the data source.
 */
class PolicyCacheLifecycle implements SmartLifecycle {

	/**
	 * After the web server and the executors.
	 */
	static final int PHASE = ExecutorConfigurationSupport.DEFAULT_PHASE - 1024;

	private static final Log logger = LogFactory.getLog(PolicyCacheLifecycle.class);

	private final CaffeinePolicyCacheManager manager;

	private final Duration shutdownTimeout;

	private final Duration phaseTimeout;

	private volatile boolean running;

	PolicyCacheLifecycle(CaffeinePolicyCacheManager manager, Duration shutdownTimeout, Duration phaseTimeout) {
		this.manager = manager;
		this.shutdownTimeout = shutdownTimeout;
		this.phaseTimeout = phaseTimeout;
	}

	@Override
	public void start() {
		if (this.shutdownTimeout.compareTo(this.phaseTimeout) > 0) {
			logger.warn(
					"'cache-policy.shutdown-timeout' (%s) is longer than 'spring.lifecycle.timeout-per-shutdown-phase' (%s): the data source may be closed before all pending writes are stored"
						.formatted(this.shutdownTimeout, this.phaseTimeout));
		}
		this.manager.start();
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.manager.stop(this.shutdownTimeout);
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
