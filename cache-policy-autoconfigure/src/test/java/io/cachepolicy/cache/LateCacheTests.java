package io.cachepolicy.cache;

import java.time.Clock;
import java.time.Duration;
import java.util.List;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Specs;
import io.cachepolicy.writeback.WriteBackFactory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for caches that are asked for while the application stops.
 */
class LateCacheTests {

	private final FakeStore store = new FakeStore();

	private final CaffeinePolicyCacheManager manager = new CaffeinePolicyCacheManager(List.of(),
			(name) -> Specs.of(name).policy(WritePolicy.WRITE_BACK).build(),
			new CacheInfrastructure((spec, inferred) -> this.store, (value) -> value,
					new WriteBackFactory(Clock.systemUTC()), (name, caffeine) -> {
					}),
			false);

	private CaffeinePolicyCache cache(String name) {
		CaffeinePolicyCache cache = this.manager.getCache(name);
		assertThat(cache).isNotNull();
		return cache;
	}

	@Test
	void cacheThatIsCreatedAfterStopWritesThroughUntilStart() {
		this.manager.stop(Duration.ofSeconds(10));
		cache("late").put(1L, "value");
		assertThat(this.store.rows()).containsEntry(1L, "value");
		assertThat(cache("late").pendingWrites()).isZero();
		this.manager.start();
		cache("late").put(2L, "value");
		cache("later").put(3L, "value");
		assertThat(cache("late").pendingWrites()).isOne();
		assertThat(cache("later").pendingWrites()).isOne();
	}

}
