package io.cachepolicy.endtoend;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.testsupport.Postgres;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Closes, stops and starts applications with pending writes, and looks at the tables
 * afterwards.
 */
@ExtendWith(OutputCaptureExtension.class)
class DrainIntegrationTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private static final String WRITE_BACK = "cache-policy.caches.notes-back.write-back.";

	private static final int WRITERS = 8;

	private final String url = Postgres.createDatabase();

	private final DataSource dataSource = new DriverManagerDataSource(this.url);

	private final JdbcTemplate jdbc = new JdbcTemplate(this.dataSource);

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final Map<String, Integer> accepted = new ConcurrentHashMap<>();

	private final Map<String, Integer> refused = new ConcurrentHashMap<>();

	private final AtomicInteger writes = new AtomicInteger();

	private @Nullable ConfigurableApplicationContext context;

	@AfterEach
	void stop() {
		if (this.context != null) {
			this.context.close();
		}
		this.executor.shutdownNow();
	}

	private ConfigurableApplicationContext start(String... properties) {
		this.context = EndToEndApplication.start(this.url, properties);
		return this.context;
	}

	@Test
	@DisplayName("W2: closing stores everything while the store is slow, also longer than a phase may take")
	void closeWhenStoreIsSlowStoresAll() {
		ConfigurableApplicationContext context = start(WRITE_BACK + "batch-size=100",
				"spring.lifecycle.timeout-per-shutdown-phase=100ms");
		delayRows();
		IntStream.range(0, 1000).forEach((i) -> write(context, "slow" + i, i));
		context.close();
		assertThat(rows()).hasSize(1000).isEqualTo(this.accepted);
	}

	@Test
	@DisplayName("W2: closing during a flush stores what is in flight and what is pending")
	void closeDuringFlushStoresAll() throws Exception {
		ConfigurableApplicationContext context = start(WRITE_BACK + "batch-size=10", WRITE_BACK + "flush-threshold=20");
		CompletableFuture<Void> close;
		try (Connection lock = lockNotes()) {
			IntStream.range(0, 100).forEach((i) -> write(context, "k" + i, i));
			awaitBlockedFlush();
			IntStream.range(0, 30).forEach((i) -> write(context, "k" + i, 1000 + i));
			close = CompletableFuture.runAsync(context::close, this.executor);
			Awaitility.await().atMost(TIMEOUT).until(context::isClosed);
			assertThat(rows()).isEmpty();
			lock.rollback();
		}
		close.join();
		assertThat(rows()).hasSize(100).isEqualTo(this.accepted);
	}

	@Test
	@DisplayName("W2: a write that races with the close is stored or refused")
	void closeWhileWritersGoOnStoresOrRefuses() {
		ConfigurableApplicationContext context = start(WRITE_BACK + "flush-interval=10ms",
				WRITE_BACK + "batch-size=50");
		List<CompletableFuture<Void>> writers = startWriters(context);
		awaitWrites(2000);
		context.close();
		writers.forEach(CompletableFuture::join);
		assertThat(this.refused).hasSize(WRITERS);
		Map<String, Integer> rows = rows();
		this.refused.forEach((id, number) -> {
			if (number.equals(rows.get(id))) {
				// The answer may have been lost with the connection
				this.accepted.put(id, number);
			}
		});
		assertThat(rows).isEqualTo(this.accepted);
	}

	@Test
	@DisplayName("S4, W2: stopping and starting under load loses no write and defers again")
	void stopAndStartUnderLoadLosesNothing() {
		ConfigurableApplicationContext context = start(WRITE_BACK + "batch-size=50");
		List<CompletableFuture<Void>> writers = startWriters(context);
		for (int i = 0; i < 3; i++) {
			awaitWrites(500);
			context.stop();
			assertThat(notes(context).pendingWrites()).isZero();
			awaitWrites(20);
			assertThat(notes(context).pendingWrites()).isZero();
			context.start();
			Awaitility.await().atMost(TIMEOUT).until(() -> notes(context).pendingWrites() > 0);
		}
		context.close();
		writers.forEach(CompletableFuture::join);
		assertThat(rows()).containsAllEntriesOf(withoutRefused());
	}

	@Test
	@DisplayName("S4: an application that starts again goes on where the last one ended")
	void restartGoesOn() {
		for (int i = 0; i < 2; i++) {
			ConfigurableApplicationContext context = start();
			for (int k = 0; k < 10; k++) {
				String id = "k" + k;
				Note note = context.getBean(Notes.Back.class).find(id).orElseGet(() -> new Note(id, ""));
				assertThat(note.getText()).isEqualTo((i > 0) ? String.valueOf(i - 1) : "");
				context.getBean(Notes.Back.class).write(note.text(String.valueOf(i)));
				this.accepted.put(id, i);
			}
			context.close();
			assertThat(rows()).isEqualTo(this.accepted);
		}
	}

	@Test
	@DisplayName("W2: what is not stored within the shutdown timeout is logged with cache and keys")
	void closeWhenTimeoutIsTooShortReports(CapturedOutput output) throws Exception {
		ConfigurableApplicationContext context = start("cache-policy.shutdown-timeout=300ms");
		try (Connection lock = lockNotes()) {
			IntStream.range(0, 3).forEach((i) -> write(context, "k" + i, i));
			assertThat(CompletableFuture.runAsync(context::close, this.executor)).succeedsWithin(TIMEOUT);
			lock.rollback();
		}
		assertThat(output.getOut().lines().filter((line) -> line.contains("not in the store"))).singleElement()
			.asString()
			.contains("ERROR", "'notes-back'", "3 pending writes", "k0", "k1", "k2");
		awaitNoConnections();
		assertThat(rows()).isEmpty();
	}

	private List<CompletableFuture<Void>> startWriters(ConfigurableApplicationContext context) {
		List<CompletableFuture<Void>> writers = new ArrayList<>();
		for (int i = 0; i < WRITERS; i++) {
			String prefix = "w" + i + "-";
			writers.add(CompletableFuture.runAsync(() -> writeUntilRefused(context, prefix), this.executor));
		}
		return writers;
	}

	private void writeUntilRefused(ConfigurableApplicationContext context, String prefix) {
		Notes.Back notes = context.getBean(Notes.Back.class);
		for (int number = 0;; number++) {
			String id = prefix + number % 40;
			try {
				notes.write(notes.find(id).orElseGet(() -> new Note(id, "")).text(String.valueOf(number)));
				this.accepted.put(id, number);
				this.writes.incrementAndGet();
			}
			catch (RuntimeException ex) {
				this.refused.put(id, number);
				return;
			}
		}
	}

	private void write(ConfigurableApplicationContext context, String id, int number) {
		Notes.Back notes = context.getBean(Notes.Back.class);
		notes.write(notes.find(id).orElseGet(() -> new Note(id, "")).text(String.valueOf(number)));
		this.accepted.put(id, number);
	}

	private void awaitWrites(int more) {
		int before = this.writes.get();
		Awaitility.await().atMost(TIMEOUT).until(() -> this.writes.get() >= before + more);
	}

	private Map<String, Integer> withoutRefused() {
		Map<String, Integer> writes = new ConcurrentHashMap<>(this.accepted);
		writes.keySet().removeAll(this.refused.keySet());
		return writes;
	}

	private static PolicyCache notes(ConfigurableApplicationContext context) {
		return Objects.requireNonNull(context.getBean(PolicyCacheManager.class).getCache("notes-back"));
	}

	private Map<String, Integer> rows() {
		return this.jdbc.queryForList("select id, text from note")
			.stream()
			.collect(Collectors.toMap((row) -> (String) row.get("id"),
					(row) -> Integer.valueOf((String) row.get("text"))));
	}

	private void delayRows() {
		this.jdbc.execute("""
				create or replace function delay() returns trigger language plpgsql as $$
				begin perform pg_sleep(0.002); return new; end $$""");
		this.jdbc.execute("create trigger delay before insert on note for each row execute function delay()");
	}

	private Connection lockNotes() throws SQLException {
		Connection connection = this.dataSource.getConnection();
		connection.setAutoCommit(false);
		connection.createStatement().execute("lock table note in share mode");
		return connection;
	}

	private void awaitBlockedFlush() {
		Awaitility.await()
			.atMost(TIMEOUT)
			.until(() -> count("select count(*) from pg_locks where relation = 'note'::regclass and not granted") > 0);
	}

	private void awaitNoConnections() {
		Awaitility.await().atMost(TIMEOUT).until(() -> count("""
				select count(*) from pg_stat_activity
				where datname = current_database() and pid <> pg_backend_pid()""") == 0);
	}

	private int count(String query) {
		return Objects.requireNonNull(this.jdbc.queryForObject(query, Integer.class));
	}

}
