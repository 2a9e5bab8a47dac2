package io.cachepolicy.sample.products;

import java.math.BigDecimal;
import java.util.Optional;

import io.cachepolicy.PolicyCached;

import org.springframework.stereotype.Service;

import static io.cachepolicy.PolicyCached.Operation.REMOVE;
import static io.cachepolicy.PolicyCached.Operation.WRITE;

/**
 * Products are <b>write-through</b>, because pages are rendered by queries on their
 * table. A write evicts the page of its category and no other; the catalogue, which
 * depends on all products, is cleared as {@code application.yml} says.
 */
@Service
@PolicyCached("products")
class ProductService {

	private static final String PAGE = "product-pages::#result.category";

	private final ProductRepository repository;

	ProductService(ProductRepository repository) {
		this.repository = repository;
	}

	@PolicyCached
	Optional<Product> find(long id) {
		return this.repository.findById(id);
	}

	@PolicyCached(operation = WRITE, evicts = PAGE)
	Product add(Product product) {
		return product;
	}

	@PolicyCached(operation = WRITE, evicts = PAGE)
	Product reprice(Product product, BigDecimal price) {
		product.setPrice(price);
		return product;
	}

	@PolicyCached(operation = REMOVE, key = "#product.id", evicts = "product-pages::#product.category")
	void discontinue(Product product) {
	}

}
