package io.cachepolicy.faults;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Injects the failures of a {@link Plan}, while there is one.
 */
final class Faults {

	/**
	 * What the constructors of entities ask, which have nobody to tell them: the failures
	 * of the application for which the thread worked last.
	 */
	private static final ThreadLocal<Faults> current = new ThreadLocal<>();

	private final ThreadLocal<AtomicInteger> commits = ThreadLocal.withInitial(AtomicInteger::new);

	private final ThreadLocal<AtomicInteger> lostAnswers = ThreadLocal.withInitial(AtomicInteger::new);

	private final Map<String, AtomicInteger> injected = new ConcurrentHashMap<>();

	private volatile @Nullable Plan plan;

	void begin(Plan plan) {
		this.plan = plan;
	}

	void end() {
		this.plan = null;
	}

	/**
	 * Let this thread meet these failures wherever it works for the application.
	 */
	void enter() {
		current.set(this);
	}

	/**
	 * Count what was injected.
	 * @param plan the plan that has ended
	 */
	void count(Plan plan) {
		plan.rules()
			.forEach((rule) -> this.injected
				.computeIfAbsent(rule.point() + ((rule.fault() != null) ? "" : " slow"), (name) -> new AtomicInteger())
				.addAndGet(rule.injected()));
	}

	/**
	 * Return how often which point failed.
	 * @return the numbers
	 */
	Map<String, AtomicInteger> injected() {
		return this.injected;
	}

	static void hitCurrent(Point point) {
		Faults faults = current.get();
		if (faults != null) {
			faults.hit(point);
		}
	}

	/**
	 * Fail at a point that is the application's code, if it is to.
	 * @param point the point
	 */
	void hit(Point point) {
		Fault fault = find(point);
		if (fault != null) {
			throw Faults.<RuntimeException>rethrow(fault.thrown().get());
		}
	}

	@SuppressWarnings("unchecked")
	private static <E extends Throwable> E rethrow(Throwable ex) throws E {
		throw (E) ex;
	}

	/**
	 * Find out whether a point fails, after the time that it takes.
	 * @param point the point
	 * @return how it is to fail, or {@code null}
	 */
	@Nullable Fault find(Point point) {
		enter();
		Plan plan = this.plan;
		Rule rule = (plan != null) ? plan.at(point, isFlushing()) : null;
		if (rule == null) {
			return null;
		}
		if (rule.delay() > 0) {
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(rule.delay()));
		}
		return rule.fault();
	}

	/**
	 * Find out how a statement fails that has a poisoned text.
	 * @return the failure, or {@code null}
	 */
	@Nullable Fault poison() {
		Plan plan = this.plan;
		return (plan != null) ? plan.poison() : null;
	}

	private static boolean isFlushing() {
		return Thread.currentThread().getName().startsWith("cache-policy-flush");
	}

	void committed() {
		this.commits.get().incrementAndGet();
	}

	void lostAnswer() {
		this.lostAnswers.get().incrementAndGet();
	}

	/**
	 * Return how many transactions this thread has committed without being told.
	 * @return the number
	 */
	int lostAnswers() {
		return this.lostAnswers.get().get();
	}

	/**
	 * Return how many transactions this thread has committed, whatever it was told.
	 * @return the number
	 */
	int commits() {
		return this.commits.get().get();
	}

}
