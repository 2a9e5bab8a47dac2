package io.cachepolicy.jpa;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.cachepolicy.jpa.domain.Product;
import io.cachepolicy.testsupport.TestedStore;
import org.hibernate.Hibernate;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a {@link RepositoryStore} in those modes that cascade.
 */
abstract class AbstractCascadingRepositoryStoreTests extends AbstractRepositoryStoreTests {

	@Test
	void flushAllLoadsAndUpdatesByBatchWhenRowsExist() {
		List<Product> stored = this.products
			.saveAll(IntStream.range(0, 100).mapToObj((i) -> new Product(unique("product"))).toList());
		stored.forEach((product) -> reprice(product, 7));
		Statistics statistics = this.context.clearStatistics();
		Map<Object, Object> flushed = store(Product.class).flushAll(byId(stored));
		assertThat(flushed).hasSize(100);
		assertThat(statistics.getEntityUpdateCount()).isEqualTo(100);
		assertThat(statistics.getQueryExecutionCount()).isLessThanOrEqualTo(1);
		assertThat(statistics.getPrepareStatementCount()).isLessThanOrEqualTo(12);
		assertThat(flushed.values()).allSatisfy((value) -> {
			assertThat(((Product) value).getVersion()).isEqualTo(1);
			assertThat(((Product) value).getUpdates()).isEqualTo(1);
		});
	}

	@Test
	void flushAllStoresGraphWhenCollectionsAreLoaded() {
		Product product = new Product(unique("product"));
		product.addReview("one");
		store(Product.class).save(null, product);
		Product loaded = this.context.transaction().execute((status) -> {
			Product found = find(product.getId());
			Hibernate.initialize(found.getReviews());
			Hibernate.initialize(found.getTags());
			return new EntityCopierAccess(this.context).copy(found);
		});
		TestedStore store = store(Product.class);
		loaded.addReview("two");
		loaded.getTags().add("tag");
		Product flushed = (Product) store.flushAll(Map.of(loaded.getId(), loaded)).get(loaded.getId());
		assertThat(flushed.getReviews()).hasSize(2).allSatisfy((review) -> assertThat(review.getId()).isNotNull());
		flushed.getReviews().remove(0);
		Product again = (Product) store.flushAll(Map.of(loaded.getId(), flushed)).get(loaded.getId());
		assertThat(again.getReviews()).hasSize(1);
		assertThat(again.getTags()).containsExactly("tag");
	}

}
