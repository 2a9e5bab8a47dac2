package io.cachepolicy.spi;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.cachepolicy.CacheStore;
import org.junit.jupiter.api.Test;

import org.springframework.aop.framework.ProxyFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link CacheStoreAdapter}.
 */
class CacheStoreAdapterTests {

	private final Numbers numbers = new Numbers();

	private final CacheStoreAdapter adapter = new CacheStoreAdapter("numbers", this.numbers);

	@Test
	void toKeyConvertsWhenKeyTypeIsSimple() {
		assertThat(this.adapter.toKey(5L)).isEqualTo(5L);
		assertThat(this.adapter.toKey("5")).isEqualTo(5L);
		assertThat(this.adapter.toKey(5)).isEqualTo(5L);
	}

	@Test
	void toKeyFailsWhenConversionDoes() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.adapter.toKey("five"))
			.withMessageContainingAll("numbers", "java.lang.Long", "five");
	}

	@Test
	void toKeyReturnsKeyWhenTypeIsNotKnown() {
		Object key = new Object();
		assertThat(new CacheStoreAdapter("other", new Anything<>()).toKey(key)).isSameAs(key);
	}

	@Test
	void typesAreFoundWhenStoreIsProxied() {
		CacheStore<?, ?> proxy = (CacheStore<?, ?>) new ProxyFactory(this.numbers).getProxy();
		CacheStoreAdapter proxied = new CacheStoreAdapter("numbers", proxy);
		assertThat(proxied.getValueType()).isEqualTo(String.class);
		assertThat(proxied.toKey("5")).isEqualTo(5L);
		assertThat(new CacheStoreAdapter("other", new Anything<>()).getValueType()).isEqualTo(Object.class);
	}

	@Test
	void keyOfTellsToSetKey() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.adapter.keyOf("value"))
			.withMessageContainingAll("numbers", "'key'");
		assertThatIllegalArgumentException().isThrownBy(() -> this.adapter.insert("value"));
	}

	@Test
	void saveReturnsWhatStoreHolds() {
		assertThat(this.adapter.write(WriteMode.NOW, Map.of(5L, "five"))).containsEntry(5L, "FIVE");
		assertThat(this.adapter.load(5L)).isEqualTo("FIVE");
		assertThat(this.adapter.write(WriteMode.FLUSH, Map.of(6L, "six", 7L, "seven"))).containsEntry(6L, "SIX")
			.containsEntry(7L, "SEVEN");
		assertThat(this.adapter.loadAll(List.of(5L, 6L, 8L))).containsOnlyKeys(5L, 6L);
	}

	@Test
	void saveReturnsGivenValueWhenStoreReturnsNone() {
		assertThat(new CacheStoreAdapter("other", new Anything<>()).write(WriteMode.NOW, Map.of("key", "value")))
			.containsEntry("key", "value");
	}

	@Test
	void deleteAllDeletes() {
		this.adapter.write(WriteMode.NOW, Map.of(5L, "five"));
		this.adapter.deleteAll(List.of(5L));
		assertThat(this.adapter.load(5L)).isNull();
	}

	@Test
	void nothingIsManaged() {
		assertThat(this.adapter.session().isManaged("five")).isFalse();
		assertThat(this.adapter.session().isLoaded(5L)).isFalse();
	}

	private static final class Numbers implements CacheStore<Long, String> {

		private final Map<Long, String> rows = new HashMap<>();

		@Override
		public String load(Long key) {
			return this.rows.get(key);
		}

		@Override
		public Map<Long, String> saveAll(Map<Long, String> entries) {
			entries.forEach((key, value) -> this.rows.put(key, value.toUpperCase()));
			Map<Long, String> stored = new HashMap<>(this.rows);
			stored.keySet().retainAll(entries.keySet());
			return stored;
		}

		@Override
		public void deleteAll(Collection<? extends Long> keys) {
			this.rows.keySet().removeAll(keys);
		}

	}

	private static final class Anything<K, V> implements CacheStore<K, V> {

		@Override
		public V load(K key) {
			return null;
		}

		@Override
		public Map<K, V> saveAll(Map<K, V> entries) {
			return Map.of();
		}

		@Override
		public void deleteAll(Collection<? extends K> keys) {
		}

	}

}
