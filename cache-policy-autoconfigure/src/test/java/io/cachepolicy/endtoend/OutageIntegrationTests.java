package io.cachepolicy.endtoend;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.testsupport.KillablePostgres;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.TransactionException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kills PostgreSQL under load and starts it again. Each key has one thread that writes
 * it, so that its last accepted write is known.
 */
class OutageIntegrationTests {

	private static final Log logger = LogFactory.getLog(OutageIntegrationTests.class);

	private static final int KILLS = Integer.getInteger("cache-policy.kills", 2);

	private static final int WRITERS = 8;

	private static final int WRITERS_THROUGH = 2;

	private static final int KEYS = 40;

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final KillablePostgres postgres = new KillablePostgres();

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final Map<String, Integer> accepted = new ConcurrentHashMap<>();

	private final Counts back = new Counts();

	private final Counts through = new Counts();

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	private ConfigurableApplicationContext context;

	private PolicyCache cache;

	private JdbcTemplate jdbc;

	private volatile boolean stopped;

	private void startApplication(boolean coalesce, String... properties) {
		String writeBack = "cache-policy.caches.notes-back.write-back.";
		this.context = EndToEndApplication
			.start(this.postgres.url(),
					Stream.concat(Stream.of("spring.jpa.hibernate.ddl-auto=create",
							"logging.level.io.cachepolicy.endtoend=info", "logging.level.com.zaxxer.hikari=off",
							"logging.level.org.hibernate=off", "logging.level.org.springframework=off",
							"logging.level.io.zonky=off", "spring.datasource.hikari.connection-timeout=250",
							"spring.datasource.hikari.validation-timeout=250", writeBack + "coalesce=" + coalesce,
							writeBack + "flush-interval=20ms", writeBack + "batch-size=50",
							writeBack + "max-pending=100", writeBack + "overflow-timeout=100ms",
							writeBack + "retry.initial-interval=20ms", writeBack + "retry.max-interval=500ms"),
							Stream.of(properties))
						.toArray(String[]::new));
		this.cache = Objects.requireNonNull(this.context.getBean(PolicyCacheManager.class).getCache("notes-back"));
		this.jdbc = this.context.getBean(JdbcTemplate.class);
		this.log.start();
		((Logger) LoggerFactory.getLogger("io.cachepolicy")).addAppender(this.log);
	}

	@AfterEach
	void stop() throws IOException {
		this.stopped = true;
		this.executor.shutdownNow();
		this.context.close();
		this.postgres.close();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("W2, F1, F3: no accepted write is lost when PostgreSQL is killed under load, and no store call is repeated")
	void killedServerLosesNoAcceptedWrite(boolean coalesce) {
		startApplication(coalesce);
		List<CompletableFuture<Void>> writers = startWriters();
		awaitMore(this.back.accepted, WRITERS * KEYS);
		for (int i = 0; i < KILLS; i++) {
			outage();
		}
		this.stopped = true;
		writers.forEach(CompletableFuture::join);
		assertThat(this.cache.flush(TIMEOUT).remaining()).isZero();
		report(coalesce);
		assertThat(this.cache.deadLetters()).isEmpty();
		assertThat(rows("back")).isEqualTo(accepted("back"));
		assertThat(warnings()).as("warnings of %d outages", KILLS).hasSizeBetween(1, 2 * KILLS);
		assertThat(this.back.unreadable).as("keys without entry").hasSizeLessThan(WRITERS * KEYS / 10);
		int stored = stored("back");
		if (coalesce) {
			assertThat(stored).isLessThan(this.back.accepted.get());
		}
		else {
			assertThat(stored).isEqualTo(this.back.accepted.get());
		}
		assertThat(stored("through")).isBetween(this.through.accepted.get(),
				this.through.accepted.get() + this.through.refused.get());
	}

	@Test
	@DisplayName("W2: a close during an outage ends at the shutdown timeout and reports what is not stored")
	void closeDuringOutageEndsAndReports() {
		startApplication(true, "cache-policy.shutdown-timeout=1s");
		acceptDuringOutage(3);
		this.context.close();
		assertThat(warnings().stream().map(ILoggingEvent::getFormattedMessage)).anySatisfy(
				(message) -> assertThat(message).contains("'notes-back'", "3 pending writes", "k0", "k1", "k2"));
		this.postgres.restart();
		assertThat(
				new JdbcTemplate(new DriverManagerDataSource(this.postgres.url())).queryForList("select * from note"))
			.isEmpty();
	}

	@Test
	@DisplayName("W2: a close during an outage stores everything if the database is back in time")
	void closeDuringOutageStoresWhenDatabaseIsBack() {
		startApplication(true, "cache-policy.shutdown-timeout=60s", "spring.lifecycle.timeout-per-shutdown-phase=60s");
		acceptDuringOutage(30);
		CompletableFuture<Void> close = CompletableFuture.runAsync(this.context::close, this.executor);
		Awaitility.await().atMost(TIMEOUT).until(this.context::isClosed);
		this.postgres.restart();
		assertThat(close).succeedsWithin(TIMEOUT);
		assertThat(
				new JdbcTemplate(new DriverManagerDataSource(this.postgres.url())).queryForList("select * from note"))
			.hasSize(30);
		assertThat(warnings()).hasSizeLessThan(3);
	}

	private void acceptDuringOutage(int writes) {
		this.postgres.kill();
		IntStream.range(0, writes)
			.forEach((i) -> this.context.getBean(Notes.Back.class).write(new Note("k" + i, "pending")));
		Awaitility.await().atMost(TIMEOUT).until(() -> !warnings().isEmpty());
		assertThat(this.cache.pendingWrites()).isEqualTo(writes);
	}

	private List<CompletableFuture<Void>> startWriters() {
		List<CompletableFuture<Void>> writers = new ArrayList<>();
		Notes.Back notes = this.context.getBean(Notes.Back.class);
		for (int i = 0; i < WRITERS; i++) {
			writers.add(start("back-" + i + "-", this.back, notes::write));
		}
		PolicyCache view = this.cache.withPolicy(WritePolicy.WRITE_THROUGH);
		for (int i = 0; i < WRITERS_THROUGH; i++) {
			writers.add(start("through-" + i + "-", this.through, (note) -> view.put(note.getId(), note)));
		}
		return writers;
	}

	private CompletableFuture<Void> start(String prefix, Counts counts, Consumer<Note> write) {
		return CompletableFuture.runAsync(() -> {
			IntStream.range(0, KEYS).forEach((i) -> step(prefix + i, counts, write));
			while (!this.stopped) {
				step(prefix + ThreadLocalRandom.current().nextInt(KEYS), counts, write);
				LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(300));
			}
		}, this.executor);
	}

	private void step(String id, Counts counts, Consumer<Note> write) {
		Note note = read(id, counts);
		if (note == null) {
			return;
		}
		int number = counts.attempts.incrementAndGet();
		try {
			write.accept(note.text(String.valueOf(number)));
			counts.accepted.incrementAndGet();
			this.accepted.put(id, number);
		}
		catch (DataAccessException | TransactionException ex) {
			counts.refused.incrementAndGet();
			counts.failed.incrementAndGet();
		}
	}

	/**
	 * Read what is to be written next.
	 * @return the value, {@code null} if it can't be read because the database is away
	 */
	private @Nullable Note read(String id, Counts counts) {
		Integer last = this.accepted.get(id);
		try {
			Note note = this.context.getBean(Notes.Back.class).find(id).orElse(null);
			Integer seen = (note != null) ? Integer.valueOf(note.getText()) : null;
			if (counts == this.back) {
				assertThat(seen).as(id).isEqualTo(last);
			}
			counts.read.incrementAndGet();
			return (note != null) ? note : new Note(id, "");
		}
		catch (DataAccessException | TransactionException ex) {
			counts.failed.incrementAndGet();
			if (last != null) {
				counts.unreadable.add(id);
			}
			return null;
		}
	}

	private void outage() {
		awaitMore(this.back.accepted, 50 + ThreadLocalRandom.current().nextInt(100));
		awaitMore(this.through.accepted, 5);
		this.postgres.kill();
		awaitMore(this.back.refused, 10);
		awaitMore(this.back.read, 100);
		awaitMore(this.through.failed, 2);
		this.postgres.restart();
	}

	private void awaitMore(AtomicInteger count, int more) {
		int before = count.get();
		Awaitility.await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(5)).until(() -> count.get() >= before + more);
	}

	private Map<String, Integer> accepted(String prefix) {
		return this.accepted.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().startsWith(prefix))
			.collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
	}

	private Map<String, Integer> rows(String prefix) {
		return this.jdbc.queryForList("select id, text from note where id like ?", prefix + "%")
			.stream()
			.collect(Collectors.toMap((row) -> (String) row.get("id"),
					(row) -> Integer.valueOf((String) row.get("text"))));
	}

	/**
	 * Return how often rows were written, which their versions count.
	 */
	private int stored(String prefix) {
		return Objects.requireNonNull(this.jdbc.queryForObject(
				"select coalesce(sum(version + 1), 0) from note where id like ?", Integer.class, prefix + "%"));
	}

	private List<ILoggingEvent> warnings() {
		return this.log.list.stream().filter((event) -> event.getLevel().isGreaterOrEqual(Level.WARN)).toList();
	}

	private void report(boolean coalesce) {
		logger.info("%d kills, coalesce=%s: write-back %s, stored %d, keys %d; write-through %s, stored %d; %d warnings"
			.formatted(KILLS, coalesce, this.back, stored("back"), accepted("back").size(), this.through,
					stored("through"), warnings().size()));
	}

	/**
	 * What happened to the writes of one policy.
	 */
	private static final class Counts {

		private final AtomicInteger attempts = new AtomicInteger();

		private final AtomicInteger accepted = new AtomicInteger();

		private final AtomicInteger refused = new AtomicInteger();

		private final AtomicInteger failed = new AtomicInteger();

		private final AtomicInteger read = new AtomicInteger();

		private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

		@Override
		public String toString() {
			return "accepted %s, refused %s of %s, read %s, unreadable %s".formatted(this.accepted, this.refused,
					this.attempts, this.read, this.unreadable.size());
		}

	}

}
