package io.cachepolicy.cache;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import io.cachepolicy.testsupport.FakeTransactionManager;
import io.cachepolicy.testsupport.Specs;
import io.cachepolicy.writeback.WriteBackFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PlainWrite}: there is no store to load from what writes that overlap
 * would drop.
 */
class PlainWriteTests {

	private final AtomicReference<@Nullable Runnable> onCopy = new AtomicReference<>();

	private final CaffeinePolicyCache cache = cache();

	private CaffeinePolicyCache cache() {
		CacheInfrastructure infrastructure = new CacheInfrastructure((spec, inferred) -> null, (value) -> {
			Runnable action = (value.equals("second of two")) ? this.onCopy.getAndSet(null) : null;
			if (action != null) {
				action.run();
			}
			return value;
		}, new WriteBackFactory(Clock.systemUTC()), (name, caffeine) -> {
		});
		CaffeinePolicyCache cache = new CaffeinePolicyCacheManager(List.of(Specs.of("items").build()), (name) -> null,
				infrastructure, false)
			.getCache("items");
		assertThat(cache).isNotNull();
		return cache;
	}

	@Test
	void lastWriteOfOverlappingOnesStays() {
		Map<Object, Object> entries = new LinkedHashMap<>();
		entries.put(1L, "first of two");
		entries.put(2L, "second of two");
		this.onCopy.set(() -> this.cache.put(1L, "meanwhile"));
		this.cache.putAll(entries);
		assertThat(this.cache.get(1L, String.class)).isEqualTo("first of two");
		assertThat(this.cache.get(2L, String.class)).isEqualTo("second of two");
	}

	@Test
	void lastWriteOfTransactionStays() {
		new TransactionTemplate(new FakeTransactionManager()).executeWithoutResult((status) -> {
			this.cache.put(1L, "first");
			this.cache.put(1L, "second");
		});
		assertThat(this.cache.get(1L, String.class)).isEqualTo("second");
	}

}
