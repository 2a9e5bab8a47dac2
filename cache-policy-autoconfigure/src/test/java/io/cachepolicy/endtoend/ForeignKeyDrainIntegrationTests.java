package io.cachepolicy.endtoend;

import java.util.Objects;
import java.util.stream.IntStream;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.testsupport.Postgres;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Closes applications whose caches hold rows that refer to each other. The rows that have
 * to be written first are slow.
 */
class ForeignKeyDrainIntegrationTests {

	private static final int BOOKS = 300;

	private final String url = Postgres.createDatabase();

	private final JdbcTemplate jdbc = new JdbcTemplate(new DriverManagerDataSource(this.url));

	@Test
	@DisplayName("J5, W2: closing stores parents before children, whichever was written first")
	void closeStoresParentsBeforeChildren() {
		ConfigurableApplicationContext context = startLibrary();
		delayRows("author");
		IntStream.rangeClosed(1, BOOKS).forEach((i) -> put(context, "books", i, new Book(i, new Author(i))));
		IntStream.rangeClosed(1, BOOKS).forEach((i) -> put(context, "authors", i, new Author(i)));
		context.close();
		assertThat(count("select count(*) from book join author on author.id = author_id")).isEqualTo(BOOKS);
	}

	@Test
	@DisplayName("J5, W2: closing deletes children before parents, whichever was removed first")
	void closeDeletesChildrenBeforeParents() {
		ConfigurableApplicationContext context = startLibrary();
		this.jdbc.update("insert into author (id) select generate_series(1, ?)", BOOKS);
		this.jdbc.update("insert into book (id, author_id) select id, id from author");
		delayRows("book");
		IntStream.rangeClosed(1, BOOKS).forEach((i) -> cache(context, "authors").remove(i));
		IntStream.rangeClosed(1, BOOKS).forEach((i) -> cache(context, "books").remove(i));
		context.close();
		assertThat(count("select count(*) from author")).isZero();
		assertThat(count("select count(*) from book")).isZero();
	}

	private ConfigurableApplicationContext startLibrary() {
		return EndToEndApplication.start(this.url, "cache-policy.caches.authors.entity=" + Author.class.getName(),
				"cache-policy.caches.authors.policy=write-back",
				"cache-policy.caches.authors.write-back.flush-interval=1h",
				"cache-policy.caches.books.entity=" + Book.class.getName(),
				"cache-policy.caches.books.policy=write-back", "cache-policy.caches.books.write-back.flush-interval=1h",
				"cache-policy.defaults.write-back.retry.initial-interval=5ms");
	}

	private void delayRows(String table) {
		this.jdbc.execute("""
				create or replace function delay() returns trigger language plpgsql as $$
				begin perform pg_sleep(0.002); return coalesce(new, old); end $$""");
		this.jdbc.execute(
				"create trigger delay before insert or delete on " + table + " for each row execute function delay()");
	}

	private int count(String query) {
		return Objects.requireNonNull(this.jdbc.queryForObject(query, Integer.class));
	}

	private static PolicyCache cache(ConfigurableApplicationContext context, String name) {
		return Objects.requireNonNull(context.getBean(PolicyCacheManager.class).getCache(name));
	}

	private static void put(ConfigurableApplicationContext context, String cache, Object key, Object value) {
		cache(context, cache).put(key, value);
	}

}
