package io.cachepolicy.sample.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;

import org.springframework.context.annotation.Profile;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Those who watch. While there are any, one task takes a sample at a time and sends it to
 * all of them. Who has gone away is noticed by the next sample at the latest. Steady
 * traffic stops with the last of them.
 */
@Component
@Profile("!replay")
class Audience {

	private static final Duration INTERVAL = Duration.ofMillis(250);

	private static final long NO_TIMEOUT = 0;

	private final Sampler sampler;

	private final Traffic traffic;

	private final TaskScheduler scheduler;

	private final Set<SseEmitter> watchers = ConcurrentHashMap.newKeySet();

	private ScheduledFuture<?> sampling;

	private boolean closed;

	Audience(Sampler sampler, Traffic traffic, TaskScheduler scheduler) {
		this.sampler = sampler;
		this.traffic = traffic;
		this.scheduler = scheduler;
	}

	synchronized SseEmitter join() {
		if (this.closed) {
			throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE, "The application is shutting down");
		}
		SseEmitter watcher = new SseEmitter(NO_TIMEOUT);
		watcher.onCompletion(() -> leave(watcher));
		this.watchers.add(watcher);
		if (this.sampling == null) {
			this.sampling = this.scheduler.scheduleAtFixedRate(this::send, INTERVAL);
		}
		return watcher;
	}

	private synchronized void leave(SseEmitter watcher) {
		this.watchers.remove(watcher);
		if (this.watchers.isEmpty() && this.sampling != null) {
			this.sampling.cancel(false);
			this.sampling = null;
			this.traffic.stop();
		}
	}

	/**
	 * Start steady traffic.
	 * @return {@code false} if nobody watches
	 */
	synchronized boolean startTraffic() {
		if (this.watchers.isEmpty()) {
			return false;
		}
		this.traffic.start();
		return true;
	}

	synchronized boolean isSampling() {
		return this.sampling != null;
	}

	private void send() {
		Sample sample = this.sampler.sample();
		this.watchers.forEach((watcher) -> send(watcher, sample));
	}

	private void send(SseEmitter watcher, Sample sample) {
		try {
			watcher.send(sample);
		}
		catch (IOException | IllegalStateException ex) {
			// Has gone away
			leave(watcher);
		}
	}

	// An open stream would hold up the shutdown of the web server
	@EventListener(ContextClosedEvent.class)
	void close() {
		synchronized (this) {
			this.closed = true;
		}
		this.watchers.forEach(SseEmitter::complete);
	}

}
