package io.cachepolicy.cache;

import java.util.function.Consumer;

import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Item;
import io.cachepolicy.testsupport.Specs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for writes whose key the store generates.
 */
class InsertTests {

	private @Nullable Consumer<Item> afterInsert;

	private final FakeStore store = new FakeStore() {

		@Override
		public Object insert(Object value) {
			Object stored = super.insert(value);
			if (InsertTests.this.afterInsert != null) {
				InsertTests.this.afterInsert.accept((Item) stored);
			}
			return stored;
		}

	};

	private CaffeinePolicyCache cache(Specs specs) {
		CaffeinePolicyCache cache = specs.manager(this.store).getCache("items");
		assertThat(cache).isNotNull();
		return cache;
	}

	/**
	 * The other thread that found the inserted row by a query wrote it before the
	 * inserter cached it.
	 */
	@Test
	void insertedValueDoesNotReplaceALaterOne() {
		CaffeinePolicyCache cache = cache(Specs.of("items"));
		this.afterInsert = (item) -> cache.put(item.getId(), new Item(item.getId(), "later"));
		Item item = new Item(null, "inserted");
		cache.writing(null, true, (value) -> {
		}).put("ignored", item);
		assertThat(item.getId()).isNotNull();
		assertThat(cache.get(item.getId(), Item.class)).isEqualTo(new Item(item.getId(), "later"));
	}

	@Test
	void insertedValueIsCached() {
		CaffeinePolicyCache cache = cache(Specs.of("items"));
		Item item = new Item(null, "inserted");
		cache.writing(null, true, (value) -> {
		}).put("ignored", item);
		assertThat(cache.get(item.getId(), Item.class)).isEqualTo(item);
		assertThat(this.store.loads()).isZero();
	}

}
