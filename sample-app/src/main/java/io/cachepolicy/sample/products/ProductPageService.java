package io.cachepolicy.sample.products;

import java.time.Clock;
import java.util.List;

import io.cachepolicy.PolicyCached;

import org.springframework.cache.annotation.Cacheable;
import org.springframework.stereotype.Service;

/**
 * What is computed from products is in caches that have no store: they are bounded, they
 * expire, and they are evicted by the writes of {@link ProductService}.
 */
@Service
class ProductPageService {

	private final ProductRepository repository;

	private final Clock clock;

	ProductPageService(ProductRepository repository, Clock clock) {
		this.repository = repository;
		this.clock = clock;
	}

	@PolicyCached("product-pages")
	ProductPage page(String category) {
		List<ProductView> products = this.repository.findByCategoryOrderByName(category)
			.stream()
			.map(ProductView::of)
			.toList();
		return new ProductPage(category, this.clock.instant(), products);
	}

	// Spring's own annotations work on the same caches
	@Cacheable("catalogue")
	List<CategoryOverview> catalogue() {
		return this.repository.findCategories();
	}

}
