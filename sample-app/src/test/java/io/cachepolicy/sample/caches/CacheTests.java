package io.cachepolicy.sample.caches;

import io.cachepolicy.sample.AbstractSampleTests;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpStatus;

import static org.assertj.core.api.Assertions.assertThat;

class CacheTests extends AbstractSampleTests {

	@Test
	void listShowsPolicies() {
		assertThat(get("/caches")).bodyJson()
			.extractingPath("$[*].name")
			.asArray()
			.contains("accounts", "assets", "catalogue", "product-pages", "products", "sessions");
		assertThat(get("/caches")).bodyJson()
			.extractingPath("$[?(@.name == 'sessions')].policy")
			.asArray()
			.containsExactly("WRITE_BACK");
	}

	@Test
	void flushWhenCacheIsUnknownIsNotFound() {
		assertThat(post("/caches/unknown/flush")).hasStatus(HttpStatus.NOT_FOUND);
		assertThat(get("/caches")).bodyJson().extractingPath("$[*].name").asArray().doesNotContain("unknown");
	}

	@Test
	void rowWhenDomainIsUnknownIsNotFound() {
		assertThat(get("/unknown/1/row")).hasStatus(HttpStatus.NOT_FOUND)
			.bodyJson()
			.extractingPath("$.detail")
			.isEqualTo("There is no such row");
	}

}
