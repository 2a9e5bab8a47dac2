package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.cachepolicy.FlushReport;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Reservations;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Flusher} with several threads, and for several flushers on one store.
 */
class FlushThreadsTests extends AbstractWriteBackTests {

	private final FakeStore store = new FakeStore();

	@AfterEach
	void noCallsOfOneKeyOverlap() {
		assertThat(this.store.overlaps()).isZero();
	}

	@Test
	void batchesAreStoredAtTheSameTime() {
		CyclicBarrier together = new CyclicBarrier(3);
		this.store.beforeWrite((keys) -> awaitBarrier(together));
		WriteBack writes = create(Specs.of("items").flushThreads(3).batchSize(2), this.store);
		for (int i = 0; i < 12; i++) {
			writes.offer(i, "value");
		}
		assertThat(writes.flush(TIMEOUT)).isEqualTo(new FlushReport(12, 0, 0));
		assertThat(this.store.calls()).hasSize(6);
	}

	@Test
	@DisplayName("W1: a newer write of a key that is in flight waits, although a thread is free")
	void keyInFlightIsNotHandedOutTwice() {
		CountDownLatch began = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		AtomicBoolean first = new AtomicBoolean(true);
		this.store.beforeWrite((keys) -> {
			if (first.getAndSet(false)) {
				began.countDown();
				awaitLatch(release);
			}
		});
		WriteBack writes = create(Specs.of("items").flushThreads(4), this.store);
		writes.offer("k", "old");
		writes.expedite("k");
		awaitLatch(began);
		writes.offer("k", "new");
		writes.offer("other", "value");
		writes.expedite("k");
		writes.expedite("other");
		await().until(() -> this.store.rows().containsKey("other"));
		assertThat(this.store.calls()).containsExactly("flushAll[k]", "flushAll[other]");
		release.countDown();
		assertThat(writes.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.rows()).containsEntry("k", "new");
	}

	@Test
	@DisplayName("W1: a write that another thread tries again while the rest of its batch is stored stays with that one")
	void refusedWriteThatIsTriedAgainByAnotherThreadIsNotGivenBack() {
		CountDownLatch again = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		AtomicInteger attempts = new AtomicInteger();
		this.store.beforeWrite((keys) -> {
			if (keys.size() > 1 || (keys.contains("a") && attempts.incrementAndGet() == 1)) {
				throw new DataIntegrityViolationException("refused");
			}
			if (keys.contains("a")) {
				again.countDown();
				awaitLatch(release);
			}
			else {
				awaitLatch(again);
			}
		});
		WriteBack writes = create(Specs.of("items").flushThreads(2).maxPending(10), this.store);
		writes.offer("a", "value");
		writes.offer("b", "value");
		writes.peer().requestFlush();
		await().until(() -> writes.size() == 1);
		assertThat(writes.flush(Duration.ofMillis(100)).remaining()).isOne();
		release.countDown();
		assertThat(writes.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.calls()).containsOnlyOnce("flushAll[b]").hasSize(4);
		assertThat(writes.size()).isZero();
		PendingWrites.Reservation all = Reservations.take(writes, 10);
		assertThat(all).isNotNull();
		all.cancel();
	}

	@Test
	@DisplayName("W4: a flush does not wait for keys that became urgent later")
	void urgentKeysDoNotKeepOthersFromBeingFlushed() {
		AtomicBoolean running = new AtomicBoolean(true);
		AtomicInteger next = new AtomicInteger();
		WriteBack writes = create(Specs.of("items").batchSize(1), this.store);
		this.store.beforeWrite((keys) -> {
			if (running.get()) {
				// As by an eviction for each write
				writes.offer(next.incrementAndGet(), "value");
				writes.expedite(next.get());
			}
		});
		writes.offer("k", "value");
		writes.offer(0, "value");
		writes.expedite(0);
		assertThat(writes.flush(TIMEOUT).remaining()).isZero();
		running.set(false);
	}

	@Test
	@DisplayName("W2: all threads drain, and all of them end")
	void allThreadsEnd() {
		Set<Thread> threads = ConcurrentHashMap.newKeySet();
		CyclicBarrier together = new CyclicBarrier(2);
		AtomicInteger busy = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		this.store.beforeWrite((keys) -> {
			threads.add(Thread.currentThread());
			most.accumulateAndGet(busy.incrementAndGet(), Math::max);
			awaitBarrier(together);
			busy.decrementAndGet();
		});
		WriteBack writes = create(Specs.of("items").flushThreads(2).batchSize(1), this.store);
		for (int round = 0; round < 3; round++) {
			for (int i = 0; i < 20; i++) {
				writes.offer(i, round);
			}
			writes.close();
			assertThat(writes.awaitDrained(TIMEOUT).remaining()).isZero();
			await().until(() -> threads.stream().noneMatch((thread) -> thread.getName().endsWith("-items")));
			threads.clear();
			writes.open();
		}
		// Another one may take the place of a thread that has ended
		assertThat(most).hasValue(2);
	}

	@Test
	void flushWithinAStoreCallOfAnyThreadIsRefused() {
		AtomicInteger refused = new AtomicInteger();
		WriteBack writes = create(Specs.of("items").flushThreads(2).batchSize(1), this.store);
		this.store.beforeWrite((keys) -> {
			assertThatIllegalStateException().isThrownBy(() -> writes.flush(TIMEOUT));
			refused.incrementAndGet();
		});
		for (int i = 0; i < 10; i++) {
			writes.offer(i, "value");
		}
		writes.flush(TIMEOUT);
		assertThat(refused).hasValue(10);
	}

	@Test
	@DisplayName("F1: caches of one database are away together, and one batch probes for all")
	void cachesOfOneResourceAreAwayTogether() {
		Object database = new Object();
		FakeStore other = new FakeStore();
		this.store.resource(database);
		other.resource(database);
		AtomicBoolean away = new AtomicBoolean(true);
		List<Object> attempts = new CopyOnWriteArrayList<>();
		for (FakeStore each : List.of(this.store, other)) {
			each.beforeWrite((keys) -> {
				attempts.add(each);
				if (away.get()) {
					throw new DataAccessResourceFailureException("away");
				}
			});
		}
		Specs specs = Specs.of("items").initialInterval(Duration.ofMinutes(1)).maxInterval(Duration.ofMinutes(1));
		WriteBack first = create("first", specs, this.store);
		WriteBack second = create("second", specs, other);
		first.offer("k", "value");
		assertThat(first.flush(Duration.ofMillis(100)).remaining()).isOne();
		second.offer("k", "value");
		assertThat(second.flush(Duration.ofMillis(300)).remaining()).isOne();
		assertThat(attempts).containsExactly(this.store);
		away.set(false);
		first.close();
		second.close();
		assertThat(first.awaitDrained(TIMEOUT).remaining()).isZero();
		assertThat(second.awaitDrained(TIMEOUT).remaining()).isZero();
		assertThat(attempts).containsExactlyInAnyOrder(this.store, this.store, other);
	}

	@Test
	@DisplayName("F1: a store that is away does not delay caches of another one")
	void cachesOfOtherResourcesGoOn() {
		FakeStore other = new FakeStore();
		this.store.beforeWrite((keys) -> {
			throw new DataAccessResourceFailureException("away");
		});
		WriteBack first = create("first", Specs.of("items"), this.store);
		WriteBack second = create("second", Specs.of("items"), other);
		first.offer("k", "value");
		assertThat(first.flush(Duration.ofMillis(100)).remaining()).isOne();
		second.offer("k", "value");
		assertThat(second.flush(TIMEOUT).written()).isOne();
		this.store.beforeWrite((keys) -> {
		});
	}

	private static void awaitBarrier(CyclicBarrier barrier) {
		try {
			barrier.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
