package io.cachepolicy.cache;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.cachepolicy.FlushReport;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Specs;
import io.cachepolicy.writeback.WriteBackFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.DataAccessResourceFailureException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for flushes of all caches of a manager, each with a store of its own.
 */
class ManagerFlushTests {

	private static final List<String> NAMES = IntStream.range(0, 6).mapToObj((i) -> "cache-" + i).toList();

	private final Map<String, FakeStore> stores = new LinkedHashMap<>();

	private final CountDownLatch release = new CountDownLatch(1);

	private final CaffeinePolicyCacheManager manager;

	ManagerFlushTests() {
		NAMES.forEach((name) -> this.stores.put(name, new FakeStore()));
		this.manager = new CaffeinePolicyCacheManager(NAMES.stream()
			.map((name) -> Specs.of(name).policy(WritePolicy.WRITE_BACK).flushInterval(Duration.ofHours(1)).build())
			.toList(), (name) -> null,
				new CacheInfrastructure((spec, inferred) -> this.stores.get(spec.name()), (value) -> value,
						new WriteBackFactory(Clock.systemUTC()), (name, caffeine) -> {
						}),
				false);
	}

	@AfterEach
	void stop() {
		this.release.countDown();
		this.manager.stop(Duration.ofSeconds(10));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2, 3, 4, 5 })
	void blockedStoreHoldsUpItsOwnCacheOnly(int blocked) {
		store(blocked).beforeWrite((keys) -> awaitRelease());
		writeToAll();
		CompletableFuture<FlushReport> report = CompletableFuture
			.supplyAsync(() -> this.manager.flush(Duration.ofHours(1)));
		await().untilAsserted(() -> assertStored(blocked));
		assertThat(report).isNotDone();
		this.release.countDown();
		assertThat(report.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo(new FlushReport(6, 0, 0));
	}

	@Test
	void timeoutIsThatOfAllCaches() {
		NAMES.forEach((name) -> Objects.requireNonNull(this.stores.get(name)).beforeWrite((keys) -> awaitRelease()));
		writeToAll();
		long start = System.nanoTime();
		assertThat(this.manager.flush(Duration.ofMillis(300))).isEqualTo(new FlushReport(0, 0, 6));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(6 * 300));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 5 })
	void cachesOfAvailableStoresAreFlushedThoughOneIsAway(int away) {
		store(away).beforeWrite((keys) -> {
			throw new DataAccessResourceFailureException("away");
		});
		writeToAll();
		assertThat(this.manager.flush(Duration.ofSeconds(2))).isEqualTo(new FlushReport(5, 0, 1));
		assertStored(away);
		store(away).beforeWrite((keys) -> {
		});
	}

	@Test
	void flushOfAllByAStoreCallIsRefused() {
		CompletableFuture<FlushReport> nested = new CompletableFuture<>();
		store(3).beforeWrite((keys) -> {
			try {
				nested.complete(this.manager.flush(Duration.ofSeconds(10)));
			}
			catch (RuntimeException ex) {
				nested.completeExceptionally(ex);
			}
		});
		writeToAll();
		assertThat(this.manager.flush(Duration.ofSeconds(10))).isEqualTo(new FlushReport(6, 0, 0));
		assertThatIllegalStateException().isThrownBy(() -> {
			try {
				nested.join();
			}
			catch (java.util.concurrent.CompletionException ex) {
				throw ex.getCause();
			}
		}).withMessageContaining("can't be flushed by a store call of its own flush");
	}

	private FakeStore store(int index) {
		return Objects.requireNonNull(this.stores.get(NAMES.get(index)));
	}

	private void writeToAll() {
		NAMES.forEach((name) -> Objects.requireNonNull(this.manager.getCache(name)).put(1L, name));
	}

	private void assertStored(int except) {
		for (int i = 0; i < NAMES.size(); i++) {
			if (i != except) {
				assertThat(store(i).rows()).containsEntry(1L, NAMES.get(i));
			}
		}
	}

	private void awaitRelease() {
		try {
			assertThat(this.release.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
