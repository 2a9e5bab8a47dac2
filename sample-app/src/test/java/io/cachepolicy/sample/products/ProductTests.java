package io.cachepolicy.sample.products;

import java.util.List;

import io.cachepolicy.sample.AbstractSampleTests;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpStatus;

import static org.assertj.core.api.Assertions.assertThat;

class ProductTests extends AbstractSampleTests {

	@Test
	void seedIsThere() {
		assertThat(get("/products/1")).bodyJson().extractingPath("$.name").isEqualTo("Espresso");
	}

	@Test
	void repriceWritesRowAtOnce() {
		String product = add("Lungo", "seldom", "1.00");
		reprice(product, "1.50");
		assertThat(get(product)).bodyJson().extractingPath("$.price").isEqualTo(1.5);
		assertThat(row(product)).containsEntry("price", 1.5).containsEntry("version", 1);
	}

	@Test
	void pageIsCached() {
		add("Earl Grey", "black", "3.00");
		assertThat(renderedAt("black")).isEqualTo(renderedAt("black"));
	}

	@Test
	void repriceEvictsThePageOfTheCategoryAndNoOther() {
		String product = add("Lapsang", "smoked", "4.00");
		add("Gyokuro", "green", "6.00");
		String otherPage = renderedAt("green");
		assertThat(get("/product-pages/smoked")).bodyJson().extractingPath("$.products[0].price").isEqualTo(4.0);
		reprice(product, "4.50");
		assertThat(get("/product-pages/smoked")).bodyJson().extractingPath("$.products[0].price").isEqualTo(4.5);
		assertThat(renderedAt("green")).isEqualTo(otherPage);
	}

	@Test
	void repriceClearsTheCatalogue() {
		String product = add("Mate", "herbal", "2.00");
		assertThat(lowestPrice("herbal")).isEqualTo(2.0);
		reprice(product, "1.80");
		assertThat(lowestPrice("herbal")).isEqualTo(1.8);
	}

	@Test
	void discontinueDeletesRowAndEvictsThePage() {
		String product = add("Rooibos", "red", "2.00");
		assertThat(get("/product-pages/red")).bodyJson().extractingPath("$.products.length()").isEqualTo(1);
		assertThat(delete(product)).hasStatus(HttpStatus.NO_CONTENT);
		assertThat(get(product)).hasStatus(HttpStatus.NOT_FOUND);
		assertThat(get(product + "/row")).hasStatus(HttpStatus.NOT_FOUND);
		assertThat(get("/product-pages/red")).bodyJson().extractingPath("$.products.length()").isEqualTo(0);
	}

	private String add(String name, String category, String price) {
		int id = read(
				post("/products",
						"{\"name\": \"%s\", \"category\": \"%s\", \"price\": %s}".formatted(name, category, price)),
				"$.id");
		return "/products/" + id;
	}

	private void reprice(String product, String price) {
		assertThat(put(product + "/price", "{\"price\": %s}".formatted(price))).hasStatusOk();
	}

	private String renderedAt(String category) {
		return read(get("/product-pages/" + category), "$.renderedAt");
	}

	private double lowestPrice(String category) {
		List<Double> prices = read(get("/catalogue"), "$[?(@.category == '%s')].lowestPrice".formatted(category));
		return prices.get(0);
	}

}
