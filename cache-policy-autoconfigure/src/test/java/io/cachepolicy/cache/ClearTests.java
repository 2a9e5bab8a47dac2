package io.cachepolicy.cache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.stats.ConcurrentStatsCounter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what is cached while its cache is cleared.
 */
class ClearTests {

	/**
	 * Caffeine's own {@code invalidateAll} does not see an entry that is being made.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "load", "write", "direct write" })
	void entryThatIsMadeWhileTheCacheIsClearedDoesNotStay(String kind) throws Exception {
		CountDownLatch making = new CountDownLatch(1);
		CountDownLatch cleared = new CountDownLatch(1);
		CacheTier tier = new CacheTier(Caffeine.newBuilder().maximumWeight(100).weigher((key, value) -> {
			making.countDown();
			awaitLatch(cleared);
			return 1;
		}).build(), kind.equals("direct write") ? new ConcurrentStatsCounter() : null, true);
		long stamp = tier.stamp(1L);
		CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> {
			if (kind.equals("load")) {
				tier.populate(1L, "outdated", stamp);
			}
			else {
				tier.publish(1L, "outdated", stamp, HeldParts.NONE);
			}
		});
		awaitLatch(making);
		tier.clear();
		cleared.countDown();
		reader.get(10, TimeUnit.SECONDS);
		assertThat(tier.peek(1L)).isNull();
	}

	@Test
	void writeAfterTheClearStaysWhenAnEntryFromBeforeIsDropped() throws Exception {
		CountDownLatch making = new CountDownLatch(1);
		CountDownLatch cleared = new CountDownLatch(1);
		AtomicReference<@Nullable Runnable> afterMaking = new AtomicReference<>();
		CacheTier tier = new CacheTier(Caffeine.newBuilder().maximumWeight(100).executor((task) -> {
			Runnable action = afterMaking.getAndSet(null);
			if (action != null) {
				action.run();
			}
			task.run();
		}).weigher((key, value) -> {
			making.countDown();
			awaitLatch(cleared);
			return 1;
		}).build(), null, true);
		CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> tier.put(1L, "before"));
		awaitLatch(making);
		tier.clear();
		afterMaking.set(() -> tier.put(1L, "after"));
		cleared.countDown();
		writer.get(10, TimeUnit.SECONDS);
		assertThat(afterMaking).hasNullValue();
		assertThat(tier.peek(1L)).isEqualTo("after");
	}

	private static void awaitLatch(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
