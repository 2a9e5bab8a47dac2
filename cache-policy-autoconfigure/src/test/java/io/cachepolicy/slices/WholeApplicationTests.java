package io.cachepolicy.slices;

import io.cachepolicy.PolicyCacheManager;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link SpringBootTest} of an application that enables caching.
 */
@SpringBootTest(properties = { "spring.datasource.generate-unique-name=true", "spring.jpa.hibernate.ddl-auto=create" })
class WholeApplicationTests {

	@Autowired
	private GadgetService service;

	@Autowired
	private PolicyCacheManager manager;

	@Autowired
	private JdbcTemplate jdbc;

	@Test
	@DisplayName("S2: the whole application caches and stores")
	void writeIsStoredAndCached() {
		assertThat(writeAndDeleteRow()).as("cached").isPresent();
	}

	private java.util.Optional<Gadget> writeAndDeleteRow() {
		this.service.write(new Gadget(1L, "one"));
		assertThat(this.jdbc.queryForList("select name from gadget where id = 1", String.class)).containsExactly("one");
		this.jdbc.update("delete from gadget");
		return this.service.find(1);
	}

	@Nested
	@TestPropertySource(properties = "spring.cache.type=none")
	class WithoutCaching {

		@Test
		@DisplayName("S2: without caching nothing is cached, and every write is stored")
		void writeIsStoredAndNotCached() {
			assertThat(WholeApplicationTests.this.manager.getCacheNames()).contains("gadgets");
			assertThat(writeAndDeleteRow()).as("not cached").isEmpty();
		}

	}

	@Nested
	@TestPropertySource(properties = { "cache-policy.enabled=false", "spring.main.lazy-initialization=true" })
	class SwitchedOff {

		@Test
		@DisplayName("S2: switched off nothing is cached, and every write is stored")
		void writeIsStoredAndNotCached() {
			assertThat(writeAndDeleteRow()).as("not cached").isEmpty();
		}

	}

	@Nested
	@TestPropertySource(properties = "spring.main.lazy-initialization=true")
	class Lazily {

		@Test
		@DisplayName("S1: with lazy initialization the store is inferred too")
		void writeIsStoredAndCached() {
			assertThat(writeAndDeleteRow()).as("cached").isPresent();
		}

	}

}
