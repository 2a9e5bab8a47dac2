package io.cachepolicy.sample.products;

import java.math.BigDecimal;

record CategoryOverview(String category, Long products, BigDecimal lowestPrice) {

}
