package io.cachepolicy.writeback;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.cachepolicy.FlushReport;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.cache.WriteStatus;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.FlushListener.Result;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.spi.WriteContextCapture;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Specs;
import io.cachepolicy.writeback.Evidence.Verdict;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for what a {@link FlushListener} is told, and for the {@link WriteStatus}.
 */
class FlushListenerTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final Instant NOW = Instant.parse("2026-08-01T10:00:00Z");

	private final RecordingListener listener = new RecordingListener();

	private final WriteBackFactory factory = new WriteBackFactory(Clock.fixed(NOW, ZoneOffset.UTC), (letter) -> false,
			WriteContextCapture.NONE, this.listener);

	private final FakeStore store = new FakeStore();

	private final List<PendingWrites> created = new ArrayList<>();

	@AfterEach
	void close() {
		this.store.beforeWrite((keys) -> {
		});
		this.created.forEach(PendingWrites::close);
		this.created.forEach((writes) -> writes.awaitDrained(TIMEOUT));
	}

	@Test
	void batchIsToldWithWhatBecameOfItsWrites() {
		PendingWrites writes = create("items", Specs.of("items").maxAttempts(1).batchSize(10));
		this.store.beforeWrite((keys) -> {
			if (keys.contains("bad")) {
				throw new DataIntegrityViolationException("bad");
			}
		});
		List.of("a", "b", "c", "bad", "d").forEach((key) -> writes.offer(key, "value"));
		writes.flush(TIMEOUT);
		FlushListener.Result result = awaitResult();
		assertThat(result).usingRecursiveComparison()
			.ignoringFields("duration")
			.isEqualTo(new FlushListener.Result(5, 0, 0, 5, Duration.ZERO, null, false));
		assertThat(result.duration()).isPositive();
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.listener.results)
				.extracting(FlushListener.Result::written, FlushListener.Result::deadLettered)
				.contains(tuple(2, 0), tuple(1, 0), tuple(0, 1)));
	}

	@Test
	void writeThatIsToBeTriedAgainIsPending() {
		PendingWrites writes = create("items", Specs.of("items").maxAttempts(5).initialInterval(Duration.ofHours(1)));
		this.store.beforeWrite((keys) -> {
			throw new DataIntegrityViolationException("bad");
		});
		writes.offer("a", "value");
		writes.flush(Duration.ofMillis(1));
		FlushListener.Result result = awaitResult();
		assertThat(result).usingRecursiveComparison()
			.ignoringFields("duration")
			.isEqualTo(new FlushListener.Result(1, 0, 0, 1, Duration.ZERO, null, false));
	}

	@Test
	void outageIsToldOnceEachWayInOrder() {
		// Long enough that the second row is tried before the first one again
		PendingWrites items = create("items",
				Specs.of("items").initialInterval(Duration.ofMillis(500)).maxInterval(Duration.ofMillis(500)));
		create("others", Specs.of("others"));
		DataAccessResourceFailureException failure = new DataAccessResourceFailureException("no connection");
		CountDownLatch failed = new CountDownLatch(3);
		this.store.beforeWrite((keys) -> {
			if (failed.getCount() > 0) {
				failed.countDown();
				throw failure;
			}
		});
		items.offer("a", "value");
		items.offer("b", "value");
		items.flush(TIMEOUT);
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.listener.told).containsExactly("away [items, others] 2 no connection",
					"back [items, others] 1 true"));
		Awaitility.await().until(() -> this.listener.results.size() == 5);
		assertThat(this.listener.results.subList(0, 3)).extracting(FlushListener.Result::failure)
			.as("it took a second row to tell")
			.containsExactly(null, null, failure);
		assertThat(this.listener.lockHeld).isFalse();
	}

	@Test
	void newsAreToldInOrderThoughTheFirstIsSlow() throws InterruptedException {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch released = new CountDownLatch(1);
		List<String> told = new CopyOnWriteArrayList<>();
		Availability availability = new Availability(new FlushListener() {

			@Override
			public void storeAway(Set<String> cacheNames, long pending, Throwable failure) {
				entered.countDown();
				await(released);
				told.add("away");
			}

			@Override
			public void storeBack(Set<String> cacheNames, long pending, Duration away) {
				told.add("back");
			}

		});
		long turn = availability.enter(System.nanoTime(), false);
		Thread slow = new Thread(() -> availability.away(turn, Specs.of("items").writeBack().retry(),
				new IllegalStateException("away")));
		slow.start();
		await(entered);
		availability.answered(availability.enter(System.nanoTime() + TimeUnit.MINUTES.toNanos(1), false));
		assertThat(availability.isAway()).isFalse();
		assertThat(told).isEmpty();
		released.countDown();
		slow.join();
		assertThat(told).containsExactly("away", "back");
	}

	@Test
	void statusTellsWhatIsPendingAndHowOld() {
		PendingWrites writes = create("items", Specs.of("items").maxPending(7));
		assertThat(writes.status())
			.isEqualTo(new WriteStatus(0, 7, Duration.ZERO, Duration.ZERO, true, 0, false, null));
		writes.offer("a", "value");
		Duration age = writes.status().oldestAge();
		writes.offer("a", "newer");
		writes.offer("b", "value");
		WriteStatus status = writes.status();
		assertThat(status.pending()).isEqualTo(2);
		assertThat(status.oldestAge()).isGreaterThan(age).isLessThan(TIMEOUT);
		writes.flush(TIMEOUT);
		assertThat(writes.status())
			.isEqualTo(new WriteStatus(0, 7, Duration.ZERO, Duration.ZERO, true, 0, false, null));
	}

	@Test
	void statusTellsAgeOfWriteThatWaitsForRetry() {
		PendingWrites writes = create("items", Specs.of("items").maxAttempts(5).initialInterval(Duration.ofHours(1)));
		this.store.beforeWrite((keys) -> {
			throw new DataIntegrityViolationException("bad");
		});
		writes.offer("a", "value");
		writes.flush(Duration.ofMillis(1));
		awaitResult();
		assertThat(writes.status().oldestAge()).isPositive();
		assertThat(writes.status().lastFailure()).isNotNull().satisfies((failure) -> {
			assertThat(failure.reason()).hasMessage("bad");
			assertThat(failure.time()).isEqualTo(NOW);
		});
		assertThat(writes.status().awayFor()).isZero();
	}

	@Test
	void statusTellsForHowLongStoreIsAway() {
		PendingWrites writes = create("items", Specs.of("items"));
		this.store.beforeWrite((keys) -> {
			throw new DataAccessResourceFailureException("no connection");
		});
		writes.offer("a", "value");
		writes.flush(Duration.ofMillis(1));
		Awaitility.await().until(() -> !writes.status().awayFor().isZero());
		assertThat(writes.status().lastFailure()).isNotNull()
			.satisfies((failure) -> assertThat(failure.reason()).hasMessage("no connection"));
		assertThat(writes.status().flusherAlive()).isTrue();
	}

	@Test
	void resultTellsWhetherTheStoreIsAway() {
		for (Verdict verdict : Verdict.values()) {
			assertThat(result(verdict).storeAway()).isEqualTo(verdict == Verdict.STORE || verdict == Verdict.RESOURCE);
		}
		assertThat(result(null).storeAway()).isFalse();
	}

	private static FlushListener.Result result(@Nullable Verdict verdict) {
		return new BatchReport(1, 0, 0, 1, false, true, false, new IllegalStateException("failed"), verdict, null)
			.result(Duration.ZERO);
	}

	@Test
	void listenerThatFailsKeepsNothingFromBeingStored() {
		FlushListener failing = new FlushListener() {

			@Override
			public Flush begin(String cacheName, List<WriteContext> contexts) {
				throw new IllegalStateException("not expected");
			}

		};
		WriteBackFactory factory = new WriteBackFactory(Clock.systemUTC(), (letter) -> false, WriteContextCapture.NONE,
				failing);
		PendingWrites writes = factory.create("items", Specs.of("items").writeBack(), this.store,
				new IgnoringListener());
		this.created.add(writes);
		writes.offer("a", "value");
		assertThat(writes.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
	}

	@Test
	@DisplayName("W6: health knows when there is no thread to flush in, and what is pending waits for one")
	void statusTellsThatThereIsNoThread() {
		AtomicBoolean none = new AtomicBoolean(true);
		FlushThreads threads = new FlushThreads((action) -> {
			if (none.get()) {
				throw new OutOfMemoryError("unable to create native thread");
			}
			return new Thread(action);
		}, Duration.ZERO, Duration.ofSeconds(1));
		WriteBackFactory factory = new WriteBackFactory(Clock.systemUTC(), (letter) -> false, WriteContextCapture.NONE,
				FlushListener.NONE, null, threads);
		PendingWrites writes = factory.create("items", Specs.of("items").writeBack(), this.store,
				new IgnoringListener());
		this.created.add(writes);
		writes.offer("a", "value");
		assertThat(writes.status().flusherAlive()).isFalse();
		assertThat(writes.flush(Duration.ofMillis(1)).remaining()).isOne();
		none.set(false);
		assertThat(writes.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(writes.status().flusherAlive()).isTrue();
	}

	private PendingWrites create(String name, Specs specs) {
		PendingWrites writes = this.factory.create(name, specs.writeBack(), this.store, new IgnoringListener());
		this.created.add(writes);
		return writes;
	}

	private FlushListener.Result awaitResult() {
		Awaitility.await().until(() -> !this.listener.results.isEmpty());
		return this.listener.results.get(0);
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Remembers what it is told.
	 */
	private final class RecordingListener implements FlushListener {

		private final List<Result> results = new CopyOnWriteArrayList<>();

		private final List<String> told = new CopyOnWriteArrayList<>();

		private volatile boolean lockHeld;

		@Override
		public Flush begin(String cacheName, List<WriteContext> contexts) {
			return this.results::add;
		}

		@Override
		public void storeAway(Set<String> cacheNames, long pending, Throwable failure) {
			this.told.add("away " + cacheNames + " " + pending + " " + failure.getMessage());
			noteLock();
		}

		@Override
		public void storeBack(Set<String> cacheNames, long pending, Duration away) {
			this.told.add("back " + cacheNames + " " + pending + " " + !away.isZero());
			noteLock();
		}

		private void noteLock() {
			Availability availability = FlushListenerTests.this.factory.environment()
				.peers()
				.availability(FlushListenerTests.this.store.resource());
			this.lockHeld |= Thread.holdsLock(availability);
		}

	}

}
