package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Delayed;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

import io.cachepolicy.testsupport.LogLines;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link FlushThreads}, by the work that they do and that waits in line.
 */
class WorkInLineTests {

	private static final int FEW = 16;

	private static final Duration NEVER = Duration.ofHours(1);

	private static final Duration SOON = Duration.ofMillis(10);

	@RegisterExtension
	private final LogLines lines = new LogLines(FlushThreads.class);

	private final Set<Thread> made = ConcurrentHashMap.newKeySet();

	private final CountDownLatch release = new CountDownLatch(1);

	/**
	 * How many threads are not to be had.
	 */
	private final AtomicInteger lacking = new AtomicInteger();

	private @Nullable FlushThreads threads;

	private FlushThreads create(Duration patience) {
		FlushThreads created = new FlushThreads((task) -> {
			Thread thread = new Thread(task, FlushThreads.NAME);
			if (this.lacking.get() > 0 && task.getClass().getName().contains("ThreadPoolExecutor$Worker")) {
				this.lacking.decrementAndGet();
				throw new OutOfMemoryError("no thread");
			}
			this.made.add(thread);
			return thread;
		}, Duration.ofMillis(20), patience);
		this.threads = created;
		return created;
	}

	@AfterEach
	void allThreadsEnd() {
		this.release.countDown();
		if (this.threads != null) {
			FlushThreads used = this.threads;
			await().until(() -> used.active() == 0);
			used.close();
		}
		await().until(() -> this.made.stream().noneMatch(Thread::isAlive));
	}

	private List<Step> block(FlushThreads threads, int count) {
		List<Step> works = IntStream.range(0, count).mapToObj((i) -> new Step(() -> {
			AbstractWriteBackTests.awaitLatch(this.release);
			return false;
		})).toList();
		works.forEach(threads::execute);
		return works;
	}

	private static int begun(List<Step> works) {
		return (int) works.stream().filter((work) -> work.steps.get() > 0).count();
	}

	@Test
	@DisplayName("G4: as many threads as are needed, up to a few, and the others' work waits for them")
	void workBeyondAFewThreadsWaitsInLine() {
		FlushThreads few = create(NEVER);
		List<Step> works = block(few, FEW + 3);
		await().until(() -> begun(works) == FEW);
		assertThat(few.active()).isEqualTo(FEW);
		assertThat(works.subList(FEW, FEW + 3)).allSatisfy((work) -> assertThat(work.steps).hasValue(0));
		this.release.countDown();
		await().until(() -> few.active() == 0);
		assertThat(works).allSatisfy((work) -> assertThat(work.steps).hasValue(1));
		assertThat(this.made).as("with the one that looks for what is due").hasSizeBetween(FEW, FEW + 1);
	}

	@Test
	@DisplayName("G4: a cache may have more threads than a few if its settings say so")
	void asManyThreadsAreAllowedAsACacheMayNeed() {
		FlushThreads more = create(NEVER);
		more.allow(FEW + 2);
		more.allow(1);
		List<Step> works = block(more, FEW + 3);
		await().until(() -> begun(works) == FEW + 2);
		assertThat(more.active()).isEqualTo(FEW + 2);
	}

	@Test
	@DisplayName("R5: threads that are stuck are not counted, until they go on")
	void stuckThreadsDelayNoOthers() {
		FlushThreads stuck = create(SOON);
		List<Step> works = block(stuck, FEW + 3);
		await().until(() -> begun(works) == FEW + 3);
		assertThat(stuck.active()).isEqualTo(FEW + 3);
		AtomicBoolean running = new AtomicBoolean(true);
		List<Step> others = IntStream.range(0, FEW + 10).mapToObj((i) -> new Step(running::get)).toList();
		others.forEach(stuck::execute);
		await().until(() -> begun(others) == others.size());
		this.release.countDown();
		// Those that are not stuck any more count again
		await().until(() -> stuck.active() == FEW);
		List<Integer> before = others.stream().map((work) -> work.steps.get()).toList();
		await().until(
				() -> IntStream.range(0, others.size()).allMatch((i) -> others.get(i).steps.get() > before.get(i) + 5));
		assertThat(stuck.active()).isEqualTo(FEW);
		running.set(false);
	}

	@Test
	@DisplayName("W8: work that goes on for long takes its steps in turn with what waits in line")
	void stepsAreTakenInTurn() {
		FlushThreads fair = create(NEVER);
		AtomicBoolean running = new AtomicBoolean(true);
		block(fair, FEW - 1);
		Queue<Integer> order = new ConcurrentLinkedQueue<>();
		List<Step> works = IntStream.range(0, 3).mapToObj((i) -> new Step(() -> {
			order.add(i);
			return running.get();
		})).toList();
		works.forEach(fair::execute);
		await().until(() -> works.stream().allMatch((work) -> work.steps.get() > 20));
		running.set(false);
		// One thread serves all three
		List<Integer> turns = order.stream().dropWhile((i) -> i != 2).limit(50).toList();
		assertThat(turns.subList(0, 3)).containsExactlyInAnyOrder(0, 1, 2);
		assertThat(IntStream.range(3, 50)).allMatch((i) -> turns.get(i).equals(turns.get(i - 3)));
	}

	@Test
	@DisplayName("W6: a step that fails is told, and followed by another one")
	void stepThatFailsIsFollowedByAnother() {
		AtomicInteger left = new AtomicInteger(2);
		Step work = new Step(() -> {
			if (left.getAndDecrement() > 0) {
				throw new AssertionError("failed");
			}
			return false;
		});
		create(NEVER).execute(work);
		await().until(() -> work.steps.get() == 3);
		assertThat(this.lines.list()).hasSize(2)
			.allSatisfy((line) -> assertThat(line.getFormattedMessage()).contains("cache 'step'"));
	}

	@Test
	@DisplayName("G1: a thread has the name of the cache that it serves, and keeps nothing of a store")
	void threadIsNamedAfterTheCache() throws Exception {
		FlushThreads named = create(NEVER);
		ClassLoader own = Thread.currentThread().getContextClassLoader();
		List<String> names = new CopyOnWriteArrayList<>();
		List<ClassLoader> loaders = new CopyOnWriteArrayList<>();
		AtomicInteger left = new AtomicInteger(1);
		Step work = new Step(() -> {
			names.add(Thread.currentThread().getName());
			loaders.add(Thread.currentThread().getContextClassLoader());
			Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
			return left.getAndDecrement() > 0;
		});
		named.execute(work);
		await().until(() -> named.active() == 0);
		assertThat(names).containsExactly("cache-policy-flush-step", "cache-policy-flush-step");
		assertThat(loaders).containsExactly(own, own);
	}

	@Test
	@DisplayName("W6: a thread that can't be had is told to its caller, and takes nobody's place")
	void threadThatCannotBeHadIsNotCounted() {
		FlushThreads threads = create(NEVER);
		this.lacking.set(FEW);
		Step work = new Step(() -> false);
		for (int i = 0; i < FEW; i++) {
			assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> threads.execute(work));
		}
		assertThat(threads.active()).isZero();
		threads.execute(work);
		await().until(() -> work.steps.get() == 1);
	}

	@Test
	@DisplayName("W6: work in line for which there is no thread beside those that are stuck keeps its place")
	void workForWhichThereIsNoThreadStaysInLine() {
		FlushThreads threads = create(Duration.ofMillis(200));
		List<Step> works = block(threads, FEW);
		List<Object> served = new CopyOnWriteArrayList<>();
		this.lacking.set(Integer.MAX_VALUE);
		for (int i = 0; i < 2; i++) {
			int place = i;
			threads.execute(new Step(() -> !served.add(place)));
		}
		// At the second look and at the third
		await().until(() -> this.lacking.get() <= Integer.MAX_VALUE - 3);
		assertThat(begun(works)).isEqualTo(FEW);
		assertThat(served).isEmpty();
		this.release.countDown();
		await().until(() -> served.size() == 2);
		assertThat(threads.active()).isLessThanOrEqualTo(FEW);
	}

	@Test
	void actionIsDoneLaterUnlessItIsCancelled() throws Exception {
		FlushThreads timed = create(NEVER);
		CountDownLatch done = new CountDownLatch(1);
		Future<?> scheduled = timed.schedule(done::countDown, TimeUnit.MILLISECONDS.toNanos(1));
		scheduled.get(10, TimeUnit.SECONDS);
		assertThat(done.getCount()).isZero();
		Future<?> later = timed.schedule(done::countDown, Long.MAX_VALUE);
		assertThat(((Delayed) later).getDelay(TimeUnit.HOURS)).as("what is very long is done earlier")
			.isBetween(23L, 24L);
		assertThat(later.cancel(false)).isTrue();
	}

	@Test
	@DisplayName("threads that are closed do what they are doing, and nothing else")
	void closedThreadsEnd() {
		FlushThreads closed = create(NEVER);
		List<Step> works = block(closed, 2);
		await().until(() -> begun(works) == 2);
		closed.close();
		Step late = new Step(() -> false);
		closed.execute(late);
		this.release.countDown();
		await().until(() -> closed.active() == 0);
		assertThat(late.steps).hasValue(0);
		await().until(() -> this.made.stream().noneMatch(Thread::isAlive));
	}

	@Test
	@DisplayName("G4: the threads of an application are daemons, and begin when there is something to do")
	void platformThreadsAreDaemons() {
		FlushThreads platform = FlushThreads.platform();
		List<Thread> seen = new CopyOnWriteArrayList<>();
		platform.execute(new Step(() -> {
			seen.add(Thread.currentThread());
			return false;
		}));
		await().until(() -> platform.active() == 0);
		platform.close();
		assertThat(seen).singleElement().satisfies((thread) -> assertThat(thread.isDaemon()).isTrue());
	}

	/**
	 * Work whose steps are counted.
	 */
	private static final class Step implements FlushThreads.Work {

		private final AtomicInteger steps = new AtomicInteger();

		private final BooleanSupplier action;

		Step(BooleanSupplier action) {
			this.action = action;
		}

		@Override
		public String name() {
			return "step";
		}

		@Override
		public boolean proceed() {
			this.steps.incrementAndGet();
			return this.action.getAsBoolean();
		}

	}

}
