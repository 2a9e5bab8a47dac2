package io.cachepolicy.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

/**
 * The failures of one sequence.
 */
final class Plan {

	private static final List<Point> DRIVER = List.of(Point.BEGIN, Point.PREPARE, Point.EXECUTE, Point.EXECUTE,
			Point.EXECUTED, Point.COMMIT, Point.ROLLBACK, Point.SAVEPOINT);

	private static final List<Point> SLOW = List.of(Point.EXECUTE, Point.EXECUTED, Point.COMMIT, Point.COMMITTED,
			Point.POOL, Point.ROLLBACK);

	private static final List<Point> TIMED = List.of(Point.EXECUTE, Point.EXECUTED, Point.COMMIT);

	/**
	 * Code that is told of something, and can't keep it from being so.
	 */
	private static final List<Point> TOLD = List.of(Point.REMOVAL, Point.HANDLER, Point.EVENT, Point.FLUSH_LISTENER,
			Point.CAPTURE, Point.CHANNEL);

	/**
	 * Code of which a failure is that of the call, or of the row.
	 */
	private static final List<Point> ASKED = List.of(Point.COPY, Point.COPY, Point.EXPIRY, Point.EXPIRY, Point.RESTORE,
			Point.OBSERVER, Point.BEFORE_COMMIT, Point.AFTER_COMMIT);

	private final List<Rule> rules = new ArrayList<>();

	private final AtomicInteger steps = new AtomicInteger();

	private final boolean innocent;

	private final @Nullable Fault poison;

	/**
	 * Make a plan.
	 * @param seed decides everything
	 */
	Plan(long seed) {
		RandomGenerator random = new SplittableRandom(seed);
		this.innocent = random.nextInt(3) == 0;
		this.poison = (!this.innocent && random.nextInt(3) == 0)
				? one(one(List.of(Fault.OF_ROW, Fault.UNCLEAR, Fault.OF_STORE, Fault.OF_OTHERS), random), random)
				: null;
		int count = 1 + random.nextInt(4);
		for (int i = 0; i < count; i++) {
			addRule(random);
		}
	}

	/**
	 * Make a plan of one failure.
	 * @param rule the failure
	 */
	Plan(Rule rule) {
		this.innocent = true;
		this.poison = null;
		this.rules.add(rule);
	}

	/**
	 * Make a plan of failures that meet flushes alone, and of which each is over soon.
	 * None leaves open what became of a commit.
	 * @param seed decides everything
	 * @return the plan
	 */
	static Plan ofFlushes(long seed) {
		RandomGenerator random = new SplittableRandom(seed);
		Plan plan = new Plan(flushRule(random));
		for (int i = random.nextInt(3); i > 0; i--) {
			plan.rules.add(flushRule(random));
		}
		return plan;
	}

	private static Rule flushRule(RandomGenerator random) {
		List<Fault> faults = one(List.of(Fault.OF_STORE, Fault.OF_OTHERS, Fault.OF_TIME), random);
		List<Point> points = (faults == Fault.OF_TIME) ? TIMED : DRIVER;
		int from = random.nextInt(12);
		return new Rule(one(points, random), one(faults, random), from, from + 1 + random.nextInt(6));
	}

	private void addRule(RandomGenerator random) {
		switch (random.nextInt(12)) {
			case 0 -> {
				// What pools need to connect again
				this.rules.add(new Rule(one(DRIVER, random), one(Fault.OF_ANSWER, random), random));
				this.rules.add(new Rule(Point.CONNECT, one(Fault.OF_CONNECT, random), random));
			}
			case 1 -> this.rules.add(new Rule(one(TIMED, random), one(Fault.OF_TIME, random), random));
			default -> this.rules.add(rule(random));
		}
	}

	private Rule rule(RandomGenerator random) {
		return switch (random.nextInt(10)) {
			case 0, 1, 2 -> new Rule(one(DRIVER, random), one(Fault.OF_STORE, random), random);
			case 3 -> new Rule(Point.COMMITTED, one(Fault.OF_ANSWER, random), random);
			case 4 -> new Rule(one(SLOW, random), null, random);
			case 5 -> new Rule(Point.POOL, one(Fault.OF_POOL, random), random);
			case 6 -> new Rule(one(TOLD, random), one(Fault.OF_CODE, random), random);
			case 7 -> (random.nextBoolean())
					? new Rule(one(List.of(Point.ENCODE, Point.PROMISE), random), one(Fault.OF_LOG, random), random)
					: new Rule(Point.FORCE, one(Fault.OF_DISK, random), random);
			case 8 -> new Rule(one(DRIVER, random), one(Fault.OF_OTHERS, random), random);
			default -> (this.innocent) ? new Rule(Point.COMMIT, one(Fault.OF_ANSWER, random), random) : guilty(random);
		};
	}

	private static Rule guilty(RandomGenerator random) {
		return (random.nextBoolean()) ? new Rule(one(ASKED, random), one(Fault.OF_CODE, random), random) : new Rule(
				one(DRIVER, random), one((random.nextBoolean()) ? Fault.OF_ROW : Fault.UNCLEAR, random), random);
	}

	private static <T> T one(List<T> list, RandomGenerator random) {
		return list.get(random.nextInt(list.size()));
	}

	/**
	 * Return whether no failure is to make a dead letter.
	 * @return whether all are the store's, or of code that is only told
	 */
	boolean isInnocent() {
		return this.innocent;
	}

	/**
	 * Return how every statement fails that has a {@link History#POISON poisoned} text.
	 * @return the failure, or {@code null} if there is none
	 */
	@Nullable Fault poison() {
		return this.poison;
	}

	/**
	 * Count a step of a writer.
	 */
	void step() {
		this.steps.incrementAndGet();
	}

	/**
	 * Return what happens at a point this time.
	 * @param point the point
	 * @param flushing whether the thread flushes
	 * @return the rule that applies, or {@code null}
	 */
	@Nullable Rule at(Point point, boolean flushing) {
		for (Rule rule : this.rules) {
			if (rule.point() == point && rule.applies(this.steps.get(), flushing)) {
				return rule;
			}
		}
		return null;
	}

	int injected() {
		return this.rules.stream().mapToInt(Rule::injected).sum();
	}

	List<Rule> rules() {
		return this.rules;
	}

	@Override
	public String toString() {
		StringBuilder text = new StringBuilder((this.innocent) ? "only the store's faults" : "any fault");
		if (this.poison != null) {
			text.append(", poison is ").append(this.poison);
		}
		this.rules.forEach((rule) -> text.append("%n  ".formatted()).append(rule));
		return text.toString();
	}

}
