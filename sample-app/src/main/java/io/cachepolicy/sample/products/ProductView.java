package io.cachepolicy.sample.products;

import java.math.BigDecimal;

record ProductView(long id, String name, String category, BigDecimal price) {

	static ProductView of(Product product) {
		return new ProductView(product.getId(), product.getName(), product.getCategory(), product.getPrice());
	}

}
