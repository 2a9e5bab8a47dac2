package io.cachepolicy.writeback;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.cache.WriteCounts;
import io.cachepolicy.settings.OnConflict;
import io.cachepolicy.spi.FlushGate;
import io.cachepolicy.spi.WriteMode;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.OptimisticLockingFailureException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for a write that was given back by one flusher and is tried again by another,
 * while the first one is still busy with the rest of its batch.
 */
class SettledClaimTests extends AbstractWriteBackTests {

	private final FakeStore store = new FakeStore();

	@Test
	@DisplayName("W1: a batch that ends leaves a write alone that another flusher has meanwhile")
	void batchThatEndsDoesNotGiveBackTheClaimOfAnother() {
		CountDownLatch again = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		AtomicInteger calls = new AtomicInteger();
		WriteBack writes = create(Specs.of("items").flushThreads(2).flushThreshold(2), this.store);
		this.store.beforeWrite((keys) -> {
			if (keys.equals(List.of("rest"))) {
				// The other flusher is to look at what was given back
				writes.expedite("row");
				awaitLatch(again);
			}
			else if (keys.contains("row") && calls.incrementAndGet() <= 2) {
				throw new DataIntegrityViolationException("refused, first with its batch, then alone");
			}
			else if (keys.contains("row") && calls.get() == 3) {
				again.countDown();
				awaitLatch(release);
			}
		});
		writes.offer("row", "value");
		writes.offer("rest", "value");
		await().until(() -> this.store.rows().containsKey("rest"));
		await().until(() -> writes.size() == 1);
		writes.offer("later", "value");
		writes.expedite("later");
		await().until(() -> this.store.rows().containsKey("later"));
		assertThat(this.store.overlaps()).isZero();
		release.countDown();
		assertThat(writes.flush(TIMEOUT).remaining()).isZero();
		await().untilAsserted(() -> assertThat(writes.size()).isZero());
		assertThat(this.store.rows()).containsOnlyKeys("row", "rest", "later");
	}

	@ParameterizedTest
	@MethodSource("failures")
	@DisplayName("W2: a write that is taken away while it fails is not given up, nor is the one that comes after it")
	void writeThatIsTakenAwayIsNotGivenUp(RuntimeException failure, OnConflict onConflict) {
		FakeStore failing = new FakeStore() {

			@Override
			public Map<Object, Object> flush(WriteMode mode, Map<Object, Object> entries, FlushGate gate) {
				if (entries.containsValue("bad")) {
					// Before there is anything to commit
					throw failure;
				}
				return super.flush(mode, entries, gate);
			}

		};
		AtomicReference<Runnable> meanwhile = new AtomicReference<>();
		CountDownLatch taken = new CountDownLatch(1);
		Clock clock = mock(Clock.class);
		given(clock.instant()).willAnswer((call) -> {
			// When the failure was met, and before it is decided what follows
			Optional.ofNullable(meanwhile.getAndSet(null)).ifPresent(Runnable::run);
			return Instant.EPOCH;
		});
		WriteBack writes = (WriteBack) new WriteBackFactory(clock).create("items",
				Specs.of("items").maxAttempts(1).onConflict(onConflict).writeBack(), failing,
				mock(PendingWrites.Listener.class));
		meanwhile.set(() -> {
			PendingWrites.Hold hold = writes.hold(List.of("row"), false);
			failing.rows().put("row", "through");
			hold.supersede((key) -> "through");
			writes.offer("row", "newer");
			taken.countDown();
		});
		writes.open();
		writes.offer("row", "bad");
		writes.flush(TIMEOUT);
		awaitLatch(taken);
		assertThat(writes.flush(TIMEOUT).remaining()).isZero();
		assertThat(failing.rows()).containsOnly(Map.entry("row", "newer"));
		assertThat(writes.deadLetters()).isEmpty();
		WriteCounts counts = writes.counts();
		assertThat(counts.accepted()).isEqualTo(2);
		assertThat(counts.cancelled()).isOne();
		assertThat(counts.written()).isOne();
		writes.close();
	}

	static Stream<Arguments> failures() {
		return Stream.of(Arguments.of(new DataIntegrityViolationException("bad"), OnConflict.DEAD_LETTER),
				Arguments.of(new OptimisticLockingFailureException("bad"), OnConflict.DEAD_LETTER),
				Arguments.of(new OptimisticLockingFailureException("bad"), OnConflict.STORE_WINS));
	}

}
