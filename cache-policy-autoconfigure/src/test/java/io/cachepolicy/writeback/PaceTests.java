package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Specs;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.local.LocalBucket;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Pace}, and for how much a flush takes at a time.
 */
class PaceTests extends AbstractWriteBackTests {

	private final FakeStore store = new FakeStore();

	@Test
	void bucketHoldsTheBurst() {
		Pace pace = new TokenBucketPace(1, 10, 500);
		assertThat(pace.nanosUntil(10)).isZero();
		assertThat(pace.take(50)).isEqualTo(10);
		assertThat(pace.take(50)).isZero();
		assertThat(pace.nanosUntil(1)).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(1).toNanos());
		pace.giveBack(4);
		assertThat(pace.nanosUntil(1)).isZero();
		assertThat(pace.take(50)).isEqualTo(4);
	}

	@Test
	@DisplayName("F8: the clock on the wall, which may be set back, does not set the pace")
	void paceDoesNotDependOnTheClockOnTheWall() {
		Bucket bucket = (Bucket) ReflectionTestUtils.getField(new TokenBucketPace(1, 10, 500), "bucket");
		assertThat(bucket).isInstanceOfSatisfying(LocalBucket.class,
				(local) -> assertThat(ReflectionTestUtils.getField(local, "timeMeter")).isInstanceOfSatisfying(
						TimeMeter.class, (meter) -> assertThat(meter.isWallClockBased()).isFalse()));
	}

	@Test
	void callsAreRareAndNotSmall() {
		Pace pace = new TokenBucketPace(1000, 1000, 500);
		pace.take(1000);
		assertThat(pace.nanosUntil(500)).isBetween(Duration.ofMillis(50).toNanos(), Duration.ofMillis(100).toNanos());
		assertThat(pace.nanosUntil(1)).isLessThanOrEqualTo(Duration.ofMillis(1).toNanos());
	}

	@Test
	@DisplayName("a limit shapes flushes, those that were asked for as well")
	void limitShapesFlushes() {
		WriteBack writes = create(Specs.of("items").maxWritesPerSecond(5), this.store);
		for (int i = 0; i < 100; i++) {
			writes.offer(i, "value");
		}
		long start = System.nanoTime();
		assertThat(writes.flush(Duration.ofMillis(300)).remaining()).isPositive();
		long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds() + 1;
		assertThat(this.store.writes()).isBetween(5, (int) (5 + 5 * seconds));
	}

	@Test
	@DisplayName("a limit counts rows that are stored because others refer to them")
	void limitCountsReferredRows() {
		Pace pace = new TokenBucketPace(1, 10, 500);
		pace.take(10);
		pace.giveBack(-5);
		assertThat(pace.nanosUntil(1)).isGreaterThan(Duration.ofSeconds(4).toNanos());
	}

	@Test
	@DisplayName("W2: the limit is lifted when the application stops")
	void limitIsLiftedForTheDrain() {
		WriteBack writes = create(Specs.of("items").maxWritesPerSecond(1).batchSize(7), this.store);
		for (int i = 0; i < 500; i++) {
			writes.offer(i, "value");
		}
		writes.close();
		assertThat(writes.awaitDrained(TIMEOUT).remaining()).isZero();
		assertThat(this.store.rows()).hasSize(500);
	}

	@Test
	@DisplayName("W3: what is pending is flushed early when it comes near the maximum")
	void flushesEarlyWhenNearlyFull() {
		WriteBack writes = create(Specs.of("items").maxPending(100), this.store);
		for (int i = 0; i < 79; i++) {
			writes.offer(i, "value");
		}
		assertThat(writes.size()).isEqualTo(79);
		assertThat(this.store.writes()).isZero();
		writes.offer(79, "value");
		await().until(() -> writes.size() == 0);
		assertThat(this.store.rows()).hasSize(80);
	}

	@Test
	@DisplayName("a batch takes what arrived while the one before was stored, up to its size")
	void batchesAdaptToTheLoad() {
		CountDownLatch began = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		this.store.beforeWrite((keys) -> {
			began.countDown();
			awaitLatch(release);
		});
		WriteBack writes = create(Specs.of("items").flushInterval(Duration.ofMillis(1)).batchSize(8), this.store);
		writes.offer("first", "value");
		awaitLatch(began);
		for (int i = 0; i < 20; i++) {
			writes.offer(i, "value");
		}
		release.countDown();
		await().until(() -> writes.size() == 0);
		assertThat(this.store.calls()).hasSize(4);
	}

}
