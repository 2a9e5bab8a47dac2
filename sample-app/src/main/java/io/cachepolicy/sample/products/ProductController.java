package io.cachepolicy.sample.products;

import java.math.BigDecimal;
import java.util.List;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.util.Assert;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ProductController {

	private final ProductService products;

	private final ProductPageService pages;

	ProductController(ProductService products, ProductPageService pages) {
		this.products = products;
		this.pages = pages;
	}

	@GetMapping("/products/{id}")
	ResponseEntity<ProductView> find(@PathVariable long id) {
		return ResponseEntity.of(this.products.find(id).map(ProductView::of));
	}

	@PostMapping("/products")
	@ResponseStatus(HttpStatus.CREATED)
	ProductView add(@RequestBody Addition addition) {
		Product product = new Product(addition.name(), addition.category(), addition.price());
		return ProductView.of(this.products.add(product));
	}

	@PutMapping("/products/{id}/price")
	ResponseEntity<ProductView> reprice(@PathVariable long id, @RequestBody Price price) {
		return ResponseEntity.of(this.products.find(id)
			.map((product) -> this.products.reprice(product, price.price()))
			.map(ProductView::of));
	}

	@DeleteMapping("/products/{id}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void discontinue(@PathVariable long id) {
		this.products.find(id).ifPresent(this.products::discontinue);
	}

	@GetMapping("/product-pages/{category}")
	ProductPage page(@PathVariable String category) {
		return this.pages.page(category);
	}

	@GetMapping("/catalogue")
	List<CategoryOverview> catalogue() {
		return this.pages.catalogue();
	}

	record Addition(String name, String category, BigDecimal price) {

		Addition {
			Assert.hasText(name, "name must not be empty");
			Assert.hasText(category, "category must not be empty");
			Assert.isTrue(price != null && price.signum() >= 0, "price must not be negative");
		}

	}

	record Price(BigDecimal price) {

		Price {
			Assert.isTrue(price != null && price.signum() >= 0, "price must not be negative");
		}

	}

}
