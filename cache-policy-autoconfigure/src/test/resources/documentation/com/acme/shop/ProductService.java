package com.acme.shop;

import java.math.BigDecimal;
import java.util.Optional;

public interface ProductService {

	Optional<Product> find(long id);

	Product reprice(Product product, BigDecimal price);

	void discontinue(long id);

}
