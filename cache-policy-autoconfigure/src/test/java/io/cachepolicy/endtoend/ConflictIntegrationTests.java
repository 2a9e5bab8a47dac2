package io.cachepolicy.endtoend;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.testsupport.Postgres;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Flushes that meet another writer on PostgreSQL: its transaction has changed the row and
 * commits while the flush waits for it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConflictIntegrationTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final String CHANGE = "update note set text = 'theirs', version = version + 1 where id = 'a'";

	private static final String DELETION = "delete from note where id = 'a'";

	private ConfigurableApplicationContext context;

	private JdbcTemplate jdbc;

	@BeforeAll
	void start() {
		this.context = new SpringApplicationBuilder(EndToEndApplication.class).web(WebApplicationType.NONE)
			.properties("spring.datasource.url=" + Postgres.createDatabase(), "spring.jpa.hibernate.ddl-auto=create",
					"logging.level.root=error", "cache-policy.defaults.write-back.flush-interval=1h",
					"cache-policy.defaults.write-back.retry.initial-interval=5ms")
			.properties(properties("dead-letter"))
			.properties(properties("store-wins"))
			.properties(properties("cache-wins"))
			.run();
		this.jdbc = this.context.getBean(JdbcTemplate.class);
	}

	private static String[] properties(String onConflict) {
		String cache = "cache-policy.caches." + onConflict;
		return new String[] { cache + ".entity=" + Note.class.getName(), cache + ".policy=write-back",
				cache + ".write-back.on-conflict=" + onConflict };
	}

	@AfterAll
	void stop() {
		this.context.close();
	}

	@BeforeEach
	void insert() {
		this.jdbc.execute("delete from note");
		this.jdbc.update("insert into note (id, text, version) values ('a', 'old', 7)");
		for (String name : List.of("dead-letter", "store-wins", "cache-wins")) {
			cache(name).clear();
			cache(name).deadLetters().forEach(cache(name)::discard);
		}
	}

	@Test
	@DisplayName("J3: on-conflict=dead-letter leaves the row to the other writer, and the write to a person")
	void deadLetterWhenRowWasChanged() throws Exception {
		PolicyCache cache = cache("dead-letter");
		assertThat(flushAgainst(CHANGE, cache)).isEqualTo(new FlushReport(0, 1, 0));
		assertThat(rows()).containsExactly("theirs 8");
		assertThat(read(cache)).isEqualTo("theirs");
		DeadLetter letter = cache.deadLetters().get(0);
		assertThat(letter.attempts()).isOne();
		assertThat(cache.replay(letter)).isTrue();
		assertThat(cache.deadLetters()).isEmpty();
		assertThat(cache.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(rows()).containsExactly("mine 9");
		assertThat(read(cache)).isEqualTo("mine");
	}

	@Test
	@DisplayName("J3: on-conflict=dead-letter leaves a row deleted, and a replay inserts it again")
	void deadLetterWhenRowWasDeleted() throws Exception {
		PolicyCache cache = cache("dead-letter");
		assertThat(flushAgainst(DELETION, cache)).isEqualTo(new FlushReport(0, 1, 0));
		assertThat(rows()).isEmpty();
		assertThat(read(cache)).isNull();
		assertThat(cache.replay(cache.deadLetters().get(0))).isTrue();
		assertThat(cache.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(rows()).containsExactly("mine 0");
	}

	@Test
	@DisplayName("J3: on-conflict=store-wins drops the write, and readers see the row")
	void storeWinsWhenRowWasChanged() throws Exception {
		PolicyCache cache = cache("store-wins");
		assertThat(flushAgainst(CHANGE, cache)).isEqualTo(new FlushReport(0, 0, 0));
		assertThat(rows()).containsExactly("theirs 8");
		assertThat(read(cache)).isEqualTo("theirs");
		assertThat(cache.deadLetters()).isEmpty();
		writeOnce(cache);
		assertThat(rows()).containsExactly("next 9");
	}

	@Test
	@DisplayName("J3: on-conflict=store-wins leaves a row deleted")
	void storeWinsWhenRowWasDeleted() throws Exception {
		PolicyCache cache = cache("store-wins");
		assertThat(flushAgainst(DELETION, cache)).isEqualTo(new FlushReport(0, 0, 0));
		assertThat(rows()).isEmpty();
		assertThat(read(cache)).isNull();
	}

	@Test
	@DisplayName("J3: on-conflict=cache-wins writes over the change")
	void cacheWinsWhenRowWasChanged() throws Exception {
		PolicyCache cache = cache("cache-wins");
		assertThat(flushAgainst(CHANGE, cache)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(rows()).containsExactly("mine 9");
		assertThat(read(cache)).isEqualTo("mine");
		writeOnce(cache);
		assertThat(rows()).containsExactly("next 10");
	}

	@Test
	@DisplayName("J3: on-conflict=cache-wins inserts a deleted row again")
	void cacheWinsWhenRowWasDeleted() throws Exception {
		PolicyCache cache = cache("cache-wins");
		assertThat(flushAgainst(DELETION, cache)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(rows()).containsExactly("mine 0");
		writeOnce(cache);
		assertThat(rows()).containsExactly("next 1");
	}

	@Test
	@DisplayName("W1, J3: a put after a remove in one window replaces the row, whoever changed it")
	void putAfterRemoveIsNoConflict() {
		PolicyCache cache = cache("dead-letter");
		cache.put("a", new Note("a", "first"));
		cache.flush(TIMEOUT);
		for (String text : List.of("new", "newer")) {
			this.jdbc.update(CHANGE);
			cache.remove("a");
			cache.put("a", new Note("a", "between"));
			cache.put("a", new Note("a", text));
			assertThat(cache.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
			assertThat(this.jdbc.queryForList("select text from note", String.class)).containsExactly(text);
			assertThat(read(cache)).isEqualTo(text);
		}
	}

	/**
	 * Flush while another writer is about to commit.
	 * @param statement what the other writer does to the row
	 * @param cache the cache
	 * @return what became of the write
	 * @throws Exception if something fails
	 */
	private FlushReport flushAgainst(String statement, PolicyCache cache) throws Exception {
		cache.put("a", Objects.requireNonNull(cache.get("a", Note.class)).text("mine"));
		try (Connection other = this.context.getBean(DataSource.class).getConnection()) {
			other.setAutoCommit(false);
			other.createStatement().executeUpdate(statement);
			CompletableFuture<FlushReport> flush = CompletableFuture.supplyAsync(() -> cache.flush(TIMEOUT));
			await().atMost(TIMEOUT).until(this::isFlushWaiting);
			commit(other);
			return flush.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
		}
	}

	private static void commit(Connection other) throws SQLException {
		other.commit();
		other.setAutoCommit(true);
	}

	private boolean isFlushWaiting() {
		return this.jdbc.queryForObject("select exists (select 1 from pg_stat_activity where wait_event_type = 'Lock' "
				+ "and datname = current_database())", Boolean.class);
	}

	private void writeOnce(PolicyCache cache) {
		cache.put("a", Objects.requireNonNull(cache.get("a", Note.class)).text("next"));
		assertThat(cache.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
	}

	private static @Nullable String read(PolicyCache cache) {
		Note note = cache.get("a", Note.class);
		return (note != null) ? note.getText() : null;
	}

	private List<String> rows() {
		return this.jdbc.queryForList("select text || ' ' || version from note", String.class);
	}

	private PolicyCache cache(String name) {
		return Objects.requireNonNull(this.context.getBean(PolicyCacheManager.class).getCache(name));
	}

}
