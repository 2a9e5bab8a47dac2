package io.cachepolicy.actuate;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.actuate.CachePolicyHealthIndicator.Thresholds;
import io.cachepolicy.cache.CaffeinePolicyCache;
import io.cachepolicy.cache.CaffeinePolicyCacheManager;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.cache.WriteStatus;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Item;
import io.cachepolicy.testsupport.Specs;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link CachePolicyHealthIndicator}.
 */
class CachePolicyHealthIndicatorTests {

	private static final Duration LONG = Duration.ofHours(1);

	private final FakeStore store = new FakeStore();

	private final CaffeinePolicyCacheManager manager = Specs.of("items")
		.policy(WritePolicy.WRITE_BACK)
		.maxAttempts(1)
		.manager(this.store);

	@AfterEach
	void close() {
		this.store.beforeWrite((keys) -> {
		});
		this.manager.close();
	}

	@Test
	void isUpWithoutDetailsWhileNothingIsWrong() {
		assertThat(health(LONG, LONG, 1)).isEqualTo(Health.up().build());
		write(1);
		assertThat(health(LONG, LONG, 1)).isEqualTo(Health.up().build());
		flush();
		assertThat(health(Duration.ZERO, Duration.ZERO, 0)).isEqualTo(Health.up().build());
	}

	@Test
	void isUpAndTellsOfStoreThatIsAwayForShort() {
		storeIsAway();
		Health health = health(LONG, LONG, 1);
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsOnlyKeys("storesAway");
		assertThat(health.getDetails().get("storesAway")).asInstanceOf(InstanceOfAssertFactories.MAP)
			.containsOnlyKeys("items");
	}

	@Test
	void isDownWhenStoreIsAwayForLong() {
		storeIsAway();
		Health health = health(Duration.ZERO, LONG, 1);
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails().get("storesAway")).asInstanceOf(InstanceOfAssertFactories.MAP)
			.containsOnlyKeys("items");
	}

	@Test
	void isUpAgainWhenStoreIsBack() {
		storeIsAway();
		this.store.beforeWrite((keys) -> {
		});
		flush();
		assertThat(health(Duration.ZERO, LONG, 1)).isEqualTo(Health.up().build());
	}

	@Test
	void isUpAndTellsOfBacklogThatIsOld() {
		write(1);
		write(2);
		Awaitility.await().until(() -> !health(LONG, Duration.ofMillis(20), 1).getDetails().isEmpty());
		Health health = health(LONG, Duration.ofMillis(20), 1);
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsOnlyKeys("backlogs");
		Map<?, ?> backlogs = (Map<?, ?>) health.getDetails().get("backlogs");
		assertThat(backlogs.get("items")).asInstanceOf(InstanceOfAssertFactories.MAP)
			.containsOnlyKeys("pending", "oldest")
			.containsEntry("pending", 2L);
	}

	@Test
	void isUpAndTellsOfDeadLetters() {
		this.store.beforeWrite((keys) -> {
			throw new DataIntegrityViolationException("refused");
		});
		write(1);
		flush();
		assertThat(health(LONG, LONG, 2)).isEqualTo(Health.up().build());
		assertThat(health(LONG, LONG, 1)).isEqualTo(Health.up().withDetail("deadLetters", Map.of("items", 1)).build());
	}

	@Test
	@DisplayName("F6: a cache that flushes no more, as it can't keep another dead letter, is down")
	void isDownWhenThereIsNoRoomForDeadLetters() {
		assertThat(health(new WriteStatus(1, 2, Duration.ZERO, Duration.ZERO, true, 3, true, null)))
			.isEqualTo(Health.down().withDetail("deadLettersFull", Set.of("items")).build());
	}

	@Test
	void isDownWhenFlusherIsDead() {
		assertThat(health(new WriteStatus(1, 2, Duration.ZERO, Duration.ZERO, false, 0, false, null)))
			.isEqualTo(Health.down().withDetail("flushersDead", Set.of("items")).build());
	}

	private static Health health(WriteStatus status) {
		PendingWrites writes = mock(PendingWrites.class);
		given(writes.status()).willReturn(status);
		CaffeinePolicyCache cache = mock(CaffeinePolicyCache.class);
		given(cache.findPendingWrites()).willReturn(writes);
		CaffeinePolicyCacheManager caches = mock(CaffeinePolicyCacheManager.class);
		given(caches.getCacheNames()).willReturn(Set.of("items"));
		given(caches.getCache("items")).willReturn(cache);
		return new CachePolicyHealthIndicator(caches, new Thresholds(LONG, LONG, 1)).health();
	}

	private void storeIsAway() {
		this.store.beforeWrite((keys) -> {
			throw new DataAccessResourceFailureException("no connection");
		});
		write(1);
		cache().flush(Duration.ofMillis(1));
		Awaitility.await().until(() -> health(LONG, LONG, 1).getDetails().containsKey("storesAway"));
	}

	private Health health(Duration storeAway, Duration backlogAge, int deadLetters) {
		Health health = new CachePolicyHealthIndicator(this.manager, new Thresholds(storeAway, backlogAge, deadLetters))
			.health();
		assertThat(health).isNotNull();
		return health;
	}

	private void write(long key) {
		cache().put(key, new Item(key, "item"));
	}

	private void flush() {
		cache().flush(Duration.ofSeconds(10));
	}

	private CaffeinePolicyCache cache() {
		CaffeinePolicyCache cache = this.manager.getCache("items");
		assertThat(cache).isNotNull();
		return cache;
	}

}
