package io.cachepolicy.sample.products;

import java.time.Instant;
import java.util.List;

/**
 * All products of a category, as they were when the page was rendered.
 *
 * @param category the category
 * @param renderedAt when the page was rendered
 * @param products the products by name
 */
record ProductPage(String category, Instant renderedAt, List<ProductView> products) {

}
