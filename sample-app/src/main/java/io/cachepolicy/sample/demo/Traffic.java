package io.cachepolicy.sample.demo;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import io.cachepolicy.sample.PolicyNames;
import io.cachepolicy.sample.demo.Readings.Outcome;

import org.springframework.context.annotation.Profile;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.stereotype.Component;

/**
 * Callers that write readings, the same ones under each policy. Each write is followed by
 * a read of the same sensor and one of another. A sensor is written several times in a
 * row before the next one is.
 */
@Component
@Profile("!replay")
class Traffic {

	private static final int BURST_SENSORS = 24;

	private static final int BURST_WRITES_PER_SENSOR = 10;

	private static final int WRITES_PER_SENSOR = 5;

	private static final Duration INTERVAL = Duration.ofMillis(250);

	private static final double NORMAL = 20;

	private static final double TOO_HOT = 999;

	private final Readings readings;

	private final TaskScheduler scheduler;

	private final AtomicLong bursts = new AtomicLong();

	private final AtomicLong steps = new AtomicLong();

	private final AtomicLong ovens = new AtomicLong();

	private ScheduledFuture<?> running;

	Traffic(Readings readings, TaskScheduler scheduler) {
		this.readings = readings;
		this.scheduler = scheduler;
	}

	// Each burst takes other sensors than the one before
	List<Burst> burst() {
		long first = this.bursts.getAndIncrement() * BURST_SENSORS;
		return Stream.of(Lane.values()).map((lane) -> burst(lane, first)).toList();
	}

	private Burst burst(Lane lane, long first) {
		Burst burst = new Burst(PolicyNames.of(this.readings.cache(lane)), 0, 0, null);
		for (int i = 0; i < BURST_SENSORS; i++) {
			for (int j = 0; j < BURST_WRITES_PER_SENSOR; j++) {
				burst = burst.plus(writeAndRead(lane, first + i));
			}
		}
		return burst;
	}

	private Outcome writeAndRead(Lane lane, long index) {
		String sensor = Readings.sensor(index);
		Outcome outcome = this.readings.write(lane, sensor, NORMAL);
		this.readings.read(lane, sensor);
		// One that was not written just now
		this.readings.read(lane, Readings.sensor(index + Readings.SENSORS / 2));
		return outcome;
	}

	synchronized void start() {
		if (this.running == null) {
			this.running = this.scheduler.scheduleAtFixedRate(this::step, INTERVAL);
		}
	}

	synchronized void stop() {
		if (this.running != null) {
			this.running.cancel(false);
			this.running = null;
		}
	}

	synchronized boolean isRunning() {
		return this.running != null;
	}

	private void step() {
		long index = this.steps.getAndIncrement();
		for (Lane lane : Lane.values()) {
			for (int i = 0; i < WRITES_PER_SENSOR; i++) {
				writeAndRead(lane, index);
			}
		}
	}

	// A reading that the tables refuse while they have their limit, each of another
	// sensor
	List<Answer> poison() {
		String sensor = "oven-" + this.ovens.incrementAndGet();
		return Stream.of(Lane.values()).map((lane) -> poison(lane, sensor)).toList();
	}

	private Answer poison(Lane lane, String sensor) {
		Outcome outcome = this.readings.write(lane, sensor, TOO_HOT);
		return new Answer(PolicyNames.of(this.readings.cache(lane)), sensor, outcome.error());
	}

	/**
	 * What callers saw of a burst.
	 *
	 * @param policy the write policy
	 * @param writes the writes that were accepted
	 * @param failed the writes that failed
	 * @param error why the last of them failed, {@code null} if none did
	 */
	record Burst(String policy, int writes, int failed, String error) {

		Burst plus(Outcome outcome) {
			return (outcome.succeeded()) ? new Burst(this.policy, this.writes + 1, this.failed, this.error)
					: new Burst(this.policy, this.writes, this.failed + 1, outcome.error());
		}

	}

	/**
	 * What the caller of a single write saw.
	 *
	 * @param policy the write policy
	 * @param sensor the sensor that was written
	 * @param error why the write failed, {@code null} if it did not
	 */
	record Answer(String policy, String sensor, String error) {

	}

}
