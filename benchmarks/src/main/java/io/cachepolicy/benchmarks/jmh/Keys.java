package io.cachepolicy.benchmarks.jmh;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The ids that a thread asks for: those of all products, the first ones more often, made
 * before the measurement.
 */
@State(Scope.Thread)
public class Keys {

	private static final int COUNT = 1 << 14;

	private static final AtomicInteger threads = new AtomicInteger();

	private final Long[] keys;

	private int index;

	/**
	 * Create the keys of one thread.
	 */
	public Keys() {
		SplittableRandom random = new SplittableRandom(threads.incrementAndGet());
		this.keys = random.doubles(COUNT)
			.mapToObj((value) -> 1 + (long) (Shop.SIZE * value * value * value))
			.toArray(Long[]::new);
	}

	/**
	 * Return the next key.
	 * @return an id, from 1 on
	 */
	Long next() {
		return this.keys[this.index++ & (COUNT - 1)];
	}

}
