package io.cachepolicy.cache;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import io.cachepolicy.FlushReport;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Item;
import io.cachepolicy.testsupport.Specs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of when a cache lets its store forget the versions of rows.
 */
class ForgottenVersionsTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final ForgettingStore store = new ForgettingStore();

	private @Nullable CaffeinePolicyCacheManager manager;

	private CaffeinePolicyCache cache(Specs specs) {
		this.manager = specs.policy(WritePolicy.WRITE_BACK).manager(this.store);
		return Objects.requireNonNull(this.manager.getCache("items"));
	}

	@AfterEach
	void close() {
		if (this.manager != null) {
			this.manager.close();
		}
	}

	@Test
	@DisplayName("G2: clear() gives back what is known of versions, but for pending writes")
	void clear() {
		CaffeinePolicyCache cache = cache(Specs.of("items"));
		cache.clear();
		assertThat(this.store.cleared).as("nothing was deferred yet").isEmpty();
		cache.put(1L, new Item(1L, "stored"));
		assertThat(cache.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		cache.put(2L, new Item(2L, "pending"));
		cache.clear();
		assertThat(this.store.cleared).containsExactly(Set.of(2L));
		assertThat(this.store.forgotten).isEmpty();
	}

	@Test
	@DisplayName("G2: so does expiry, for its key, unless that is pending")
	void expiry() {
		CaffeinePolicyCache cache = cache(Specs.of("items").expireAfterWrite(Duration.ofMillis(20)));
		this.store.beforeWrite((keys) -> {
			if (keys.contains(2L)) {
				throw new IllegalStateException("stays pending");
			}
		});
		cache.put(1L, new Item(1L, "stored"));
		assertThat(cache.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		awaitEmpty(cache);
		assertThat(this.store.forgotten).containsExactly(1L);
		this.store.forgotten.clear();
		cache.put(2L, new Item(2L, "pending"));
		PendingWrites.Guard guard = Objects.requireNonNull(cache.findPendingWrites()).guard(2L);
		awaitEmpty(cache);
		guard.release();
		assertThat(this.store.forgotten).isEmpty();
		this.store.beforeWrite((keys) -> {
		});
	}

	@Test
	void sizeDoesNot() {
		CaffeinePolicyCache cache = cache(Specs.of("items").maximumSize(1L));
		cache.put(1L, new Item(1L, "one"));
		cache.put(2L, new Item(2L, "two"));
		cache.getNativeCache().cleanUp();
		cache.flush(TIMEOUT);
		await().until(() -> cache.getNativeCache().estimatedSize() == 1);
		assertThat(this.store.forgotten).isEmpty();
	}

	private static void awaitEmpty(CaffeinePolicyCache cache) {
		await().until(() -> {
			cache.getNativeCache().cleanUp();
			return cache.getNativeCache().estimatedSize() == 0;
		});
	}

	/**
	 * Remembers what was forgotten.
	 */
	private static final class ForgettingStore extends FakeStore {

		private final List<Set<Object>> cleared = new CopyOnWriteArrayList<>();

		private final List<Object> forgotten = new CopyOnWriteArrayList<>();

		@Override
		public void forgetAllBut(Collection<Object> kept) {
			this.cleared.add(Set.copyOf(kept));
		}

		@Override
		public void forget(Object key) {
			this.forgotten.add(key);
		}

	}

}
