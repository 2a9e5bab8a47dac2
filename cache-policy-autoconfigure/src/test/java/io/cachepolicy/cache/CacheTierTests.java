package io.cachepolicy.cache;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.cachepolicy.testsupport.Specs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link CacheTier} and {@link CaffeineFactory}: what is left of writes, loads
 * and evictions of one key that overlap. An expiry stops a thread where Caffeine takes
 * its value.
 */
@Timeout(60)
class CacheTierTests {

	private final CountDownLatch taking = new CountDownLatch(1);

	private final CountDownLatch go = new CountDownLatch(1);

	private final CacheTier tier = tier(
			build((caffeine) -> caffeine.expireAfter(Expiry.writing((key, value) -> lifetimeOf(value)))));

	private Duration lifetimeOf(Object value) {
		if (value.equals("slow")) {
			this.taking.countDown();
			awaitLatch(this.go);
		}
		return Duration.ofDays(1);
	}

	private static CaffeineFactory.Built build(Consumer<Caffeine<Object, Object>> customizer) {
		return new CaffeineFactory((name, caffeine) -> customizer.accept(caffeine)).create(Specs.of("items").build(),
				(key) -> null, (key, expired) -> {
				});
	}

	private static CacheTier tier(CaffeineFactory.Built built) {
		return new CacheTier(built.caffeine(), built.directPuts(), true);
	}

	private static void awaitLatch(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Run two actions on the cache, the second one while the first one is in Caffeine.
	 * @param first an action that caches the slow value
	 * @param second an action that has to wait for it
	 */
	private void overlap(Runnable first, Runnable second) throws Exception {
		CompletableFuture<Void> ended = CompletableFuture.runAsync(first, (task) -> new Thread(task).start());
		awaitLatch(this.taking);
		Thread thread = new Thread(second);
		thread.start();
		await().until(() -> thread.getState() == Thread.State.BLOCKED);
		this.go.countDown();
		ended.get(30, TimeUnit.SECONDS);
		thread.join();
	}

	@Test
	@DisplayName("R2: an eviction waits for a write that is about to be cached, and drops it")
	void evictionDropsWhatIsBeingPublished() throws Exception {
		long stamp = this.tier.stamp("k");
		overlap(() -> this.tier.publish("k", "slow", stamp, HeldParts.NONE), () -> this.tier.evict("k"));
		assertThat(this.tier.peek("k")).isNull();
	}

	@Test
	@DisplayName("R2: of writes that overlap the second one to complete drops the entry")
	void secondOfTwoWritesDropsTheEntry() throws Exception {
		long stamp = this.tier.stamp("k");
		overlap(() -> this.tier.publish("k", "slow", stamp, HeldParts.NONE),
				() -> this.tier.publish("k", "other", stamp, HeldParts.NONE));
		assertThat(this.tier.peek("k")).isNull();
	}

	@Test
	@DisplayName("a write that began when the other one had completed is cached")
	void writeAfterAnotherOneIsCached() {
		this.tier.publish("k", "first", this.tier.stamp("k"), HeldParts.NONE);
		this.tier.publish("k", "second", this.tier.stamp("k"), HeldParts.NONE);
		assertThat(this.tier.peek("k")).isEqualTo("second");
		this.tier.put("k", "third");
		assertThat(this.tier.peek("k")).isEqualTo("third");
	}

	@Test
	@DisplayName("R3: a write replaces what is being loaded")
	void writeReplacesWhatIsBeingLoaded() throws Exception {
		long stamp = this.tier.stamp("k");
		overlap(() -> this.tier.populate("k", "slow", stamp),
				() -> this.tier.publish("k", "written", stamp, HeldParts.NONE));
		assertThat(this.tier.peek("k")).isEqualTo("written");
	}

	@Test
	@DisplayName("R3: a load does not replace what is being written")
	void loadDoesNotReplaceWhatIsBeingWritten() throws Exception {
		long stamp = this.tier.stamp("k");
		this.tier.publish("k", "first", stamp, HeldParts.NONE);
		long next = this.tier.stamp("k");
		overlap(() -> this.tier.publish("k", "slow", next, HeldParts.NONE), () -> this.tier.put("k", "plain"));
		this.tier.populate("k", "loaded", next);
		assertThat(this.tier.peek("k")).isEqualTo("plain");
	}

	@Test
	void putsAreCountedAsCaffeineCountsThoseOfCompute() {
		CaffeineFactory.Built built = build((caffeine) -> {
		});
		CacheTier counted = tier(built);
		counted.publish("k", "first", counted.stamp("k"), HeldParts.NONE);
		counted.publish("k", "second", counted.stamp("k"), HeldParts.NONE);
		counted.put("k", "third");
		counted.populate("other", "loaded", counted.stamp("other"));
		assertThat(built.caffeine().stats().loadSuccessCount()).isEqualTo(4);
	}

	@Test
	@DisplayName("R5: a listener in the thread of the writer may change other keys")
	void listenersInTheWritersThreadDontWaitForEachOther() throws Exception {
		CyclicBarrier both = new CyclicBarrier(2);
		AtomicReference<@Nullable CacheTier> cache = new AtomicReference<>();
		CaffeineFactory.Built built = build(
				(caffeine) -> caffeine.executor(Runnable::run).removalListener((key, value, cause) -> {
					CacheTier changed = cache.get();
					if (changed != null && "old".equals(value)) {
						awaitBarrier(both);
						changed.evict("a".equals(key) ? "b" : "a");
					}
				}));
		assertThat(built.directPuts()).isNull();
		CacheTier listened = tier(built);
		listened.put("a", "old");
		listened.put("b", "old");
		cache.set(listened);
		CompletableFuture<Void> first = CompletableFuture.runAsync(() -> listened.put("a", "new"),
				(task) -> new Thread(task).start());
		listened.publish("b", "new", listened.stamp("b"), HeldParts.NONE);
		first.get(30, TimeUnit.SECONDS);
	}

	private static void awaitBarrier(CyclicBarrier barrier) {
		try {
			barrier.await(30, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
