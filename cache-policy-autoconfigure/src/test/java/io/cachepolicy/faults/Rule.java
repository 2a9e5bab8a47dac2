package io.cachepolicy.faults;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

/**
 * When something fails, how, and in which threads. Decided by how often the point was
 * hit, so that a seed does the same again as far as threads do.
 */
final class Rule {

	static final int NEVER_ENDS = Integer.MAX_VALUE;

	private final Point point;

	private final @Nullable Fault fault;

	private final Scope scope;

	private final double chance;

	private final int from;

	private final int to;

	private final boolean byStep;

	private final long seed;

	private final int delay;

	private final AtomicInteger hits = new AtomicInteger();

	private final AtomicInteger injected = new AtomicInteger();

	/**
	 * Create a rule.
	 * @param point the point
	 * @param fault how it fails, {@code null} if it is only slow
	 * @param random chooses the rest
	 */
	Rule(Point point, @Nullable Fault fault, RandomGenerator random) {
		this.point = point;
		this.fault = fault;
		this.scope = Scope.values()[random.nextInt(Scope.values().length)];
		this.seed = random.nextLong();
		this.delay = (fault != null) ? delay(fault, random) : 1 + random.nextInt(6);
		switch (random.nextInt(4)) {
			case 0 -> {
				// Each with a chance
				this.chance = 0.03 + 0.4 * random.nextDouble();
				this.from = 0;
				this.to = NEVER_ENDS;
				this.byStep = false;
			}
			case 1 -> {
				// The next few
				this.chance = 1;
				this.from = random.nextInt(12);
				this.to = this.from + 1 + random.nextInt(6);
				this.byStep = false;
			}
			case 2 -> {
				// All for a while
				this.chance = 1;
				this.from = random.nextInt(20);
				this.to = this.from + 2 + random.nextInt(12);
				this.byStep = true;
			}
			default -> {
				// Some for a while
				this.chance = 0.3 + 0.5 * random.nextDouble();
				this.from = random.nextInt(20);
				this.to = this.from + 5 + random.nextInt(30);
				this.byStep = true;
			}
		}
	}

	/**
	 * Create a rule for threads that flush.
	 * @param point the point
	 * @param fault how it fails
	 * @param from which time it fails first, from zero
	 * @param to which time it does not fail any more
	 */
	Rule(Point point, Fault fault, int from, int to) {
		this.point = point;
		this.fault = fault;
		this.scope = Scope.FLUSHES;
		this.chance = 1;
		this.from = from;
		this.to = to;
		this.byStep = false;
		this.seed = 0;
		this.delay = 0;
	}

	private static int delay(Fault fault, RandomGenerator random) {
		return (Fault.OF_TIME.contains(fault)) ? 2 + random.nextInt(20) : 0;
	}

	Point point() {
		return this.point;
	}

	@Nullable Fault fault() {
		return this.fault;
	}

	int delay() {
		return this.delay;
	}

	/**
	 * Return whether the point fails this time.
	 * @param step how many steps were done
	 * @param flushing whether the thread flushes
	 * @return whether the failure is to be injected
	 */
	boolean applies(int step, boolean flushing) {
		if (this.scope == Scope.FLUSHES && !flushing || this.scope == Scope.CALLERS && flushing) {
			return false;
		}
		int hit = this.hits.getAndIncrement();
		int place = (this.byStep) ? step : hit;
		boolean applies = place >= this.from && place < this.to && (this.chance >= 1 || draw(hit) < this.chance);
		if (applies) {
			this.injected.incrementAndGet();
		}
		return applies;
	}

	private double draw(int hit) {
		long mixed = this.seed + hit * 0x9E3779B97F4A7C15L;
		mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
		mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
		return ((mixed ^ (mixed >>> 31)) >>> 11) * 0x1.0p-53;
	}

	int injected() {
		return this.injected.get();
	}

	@Override
	public String toString() {
		String what = ((this.fault != null) ? this.fault + " " : "")
				+ ((this.delay > 0) ? "slow by %d ms".formatted(this.delay) : "");
		String range = (this.to == NEVER_ENDS) ? "always"
				: "%s %d to %d".formatted((this.byStep) ? "steps" : "hits", this.from, this.to);
		return "%s of %s: %s, %s, chance %.2f, injected %d times".formatted(this.point, this.scope, what, range,
				this.chance, this.injected.get());
	}

	/**
	 * The threads that meet a failure.
	 */
	private enum Scope {

		ALL, FLUSHES, CALLERS

	}

}
