package io.cachepolicy.history;

import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

import javax.sql.DataSource;

import com.github.benmanes.caffeine.cache.Cache;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for transactions that write the same key, steered on PostgreSQL.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConcurrentWritersTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private static final AtomicLong ids = new AtomicLong();

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private ConfigurableApplicationContext context;

	private JdbcTemplate jdbc;

	private TransactionTemplate transaction;

	@BeforeAll
	void start() {
		this.context = HistoryApplication.start();
		this.jdbc = this.context.getBean(JdbcTemplate.class);
		this.transaction = new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class));
	}

	@AfterAll
	void stop() {
		this.executor.shutdownNow();
		this.context.close();
	}

	static List<List<String>> orders() {
		List<List<String>> orders = new ArrayList<>();
		for (String cache : List.of("write-through-board", "write-around-board", "write-through-ledger",
				"write-around-ledger")) {
			for (String order : List.of("abc", "acb", "bac", "bca", "cab", "cba")) {
				orders.add(List.of(cache, order));
			}
		}
		return orders;
	}

	/**
	 * The rows are committed in the order a, b, c; what the writers then do to the cache
	 * comes in any order.
	 */
	@ParameterizedTest
	@MethodSource("orders")
	@DisplayName("R2: entry and row are equal, in whatever order overlapping transactions get to the cache")
	void entryEqualsRowInAnyOrderOfPublication(List<String> order) {
		PolicyCache cache = cache(order.get(0));
		long key = insert(cache);
		List<Writer> writers = List.of(new Writer(cache, key, "a"), new Writer(cache, key, "b"),
				new Writer(cache, key, "c"));
		writers.forEach(Writer::commit);
		for (char name : order.get(1).toCharArray()) {
			writers.get(name - 'a').publish();
		}
		assertThat(entry(cache, key)).isIn("c", null);
		assertThat(text(cache, key)).isEqualTo("c");
		assertThat(row(cache, key)).isEqualTo("c");
	}

	/**
	 * The second writer waits for the row until the first has committed, and wins.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "write-through-board", "write-around-board" })
	@DisplayName("R2: entry and row are equal if a writer waited for the row of another")
	void entryEqualsRowAfterAWaitForTheRow(String cacheName) {
		PolicyCache cache = cache(cacheName);
		long key = insert(cache);
		CompletableFuture<Void> second = new CompletableFuture<>();
		this.transaction.executeWithoutResult((status) -> {
			cache.put(key, next(cache, key, "first"));
			CompletableFuture.runAsync(() -> cache.put(key, next(cache, key, "second")), this.executor)
				.whenComplete((result, ex) -> second.complete(null));
			await().atMost(TIMEOUT).until(this::isSomebodyWaitingForALock);
		});
		second.orTimeout(20, TimeUnit.SECONDS).join();
		assertThat(row(cache, key)).isEqualTo("second");
		assertThat(entry(cache, key)).isIn("second", null);
		assertThat(text(cache, key)).isEqualTo("second");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "write-through-board", "write-around-board", "write-through-ledger", "write-around-ledger" })
	@DisplayName("R5: a store call that does not come back delays nobody who does not write its row")
	void slowStoreCallHoldsNoLock(String cacheName) throws Exception {
		PolicyCache cache = cache(cacheName);
		long key = insert(cache);
		long[] others = LongStream.range(0, 100).map((i) -> insert(cache)).toArray();
		Register changed = next(cache, key, "slow");
		CompletableFuture<Void> slow;
		try (Connection connection = Objects.requireNonNull(this.context.getBean(DataSource.class)).getConnection()) {
			connection.setAutoCommit(false);
			connection.createStatement()
				.execute("select 1 from " + table(cache) + " where id = " + key + " for update");
			slow = CompletableFuture.runAsync(() -> cache.put(key, changed), this.executor);
			await().atMost(TIMEOUT).until(this::isSomebodyWaitingForALock);
			CompletableFuture<Void> fast = CompletableFuture.runAsync(() -> {
				assertThat(text(cache, key)).isEqualTo("0");
				for (long other : others) {
					cache.put(other, next(cache, other, "fast"));
					assertThat(text(cache, other)).isEqualTo("fast");
					cache.evict(other);
				}
				cache.evict(key);
				assertThat(text(cache, key)).isEqualTo("0");
				cache.clear();
			}, this.executor);
			assertThat(fast).succeedsWithin(TIMEOUT);
			assertThat(slow).isNotDone();
			connection.rollback();
		}
		assertThat(slow).succeedsWithin(TIMEOUT);
		assertThat(row(cache, key)).isEqualTo("slow");
		assertThat(text(cache, key)).isEqualTo("slow");
	}

	private boolean isSomebodyWaitingForALock() {
		return Boolean.TRUE.equals(this.jdbc.queryForObject(
				"select count(*) > 0 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
				Boolean.class));
	}

	private PolicyCache cache(String name) {
		return Objects.requireNonNull(this.context.getBean(PolicyCacheManager.class).getCache(name));
	}

	private static boolean isVersioned(PolicyCache cache) {
		return cache.getName().endsWith("ledger");
	}

	private static String table(PolicyCache cache) {
		return (isVersioned(cache)) ? "ledger" : "board";
	}

	private long insert(PolicyCache cache) {
		long key = ids.incrementAndGet();
		this.jdbc.update("insert into " + table(cache)
				+ ((isVersioned(cache)) ? " (id, text, version) values (?, '0', 0)" : " (id, text) values (?, '0')"),
				key);
		return key;
	}

	private @Nullable String row(PolicyCache cache, long key) {
		return this.jdbc.queryForObject("select text from " + table(cache) + " where id = ?", String.class, key);
	}

	private static @Nullable String entry(PolicyCache cache, long key) {
		Register register = (Register) ((Cache<?, ?>) cache.getNativeCache()).asMap().get(key);
		return (register != null) ? register.getText() : null;
	}

	private static String text(PolicyCache cache, long key) {
		return Objects.requireNonNull((Register) cache.get(key, Object.class)).getText();
	}

	/**
	 * A version has to be that of the row, whatever the cache holds.
	 */
	private Register next(PolicyCache cache, long key, String text) {
		Register register = (isVersioned(cache))
				? this.context.getBean(LedgerRepository.class).findById(key).orElseThrow() : new Board(key);
		register.setText(text);
		return register;
	}

	/**
	 * A transaction that pauses between the commit of the row and its publication.
	 */
	private final class Writer {

		private final CountDownLatch committed = new CountDownLatch(1);

		private final CountDownLatch published = new CountDownLatch(1);

		private final PolicyCache cache;

		private final long key;

		private final String text;

		private @Nullable CompletableFuture<Void> thread;

		Writer(PolicyCache cache, long key, String text) {
			this.cache = cache;
			this.key = key;
			this.text = text;
		}

		void commit() {
			this.thread = CompletableFuture.runAsync(
					() -> ConcurrentWritersTests.this.transaction.executeWithoutResult((status) -> write()),
					ConcurrentWritersTests.this.executor);
			awaitLatch(this.committed);
		}

		private void write() {
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public int getOrder() {
					return Integer.MIN_VALUE;
				}

				@Override
				public void afterCommit() {
					Writer.this.committed.countDown();
					awaitLatch(Writer.this.published);
				}

			});
			this.cache.put(this.key, next(this.cache, this.key, this.text));
		}

		void publish() {
			this.published.countDown();
			Objects.requireNonNull(this.thread).orTimeout(20, TimeUnit.SECONDS).join();
		}

		private static void awaitLatch(CountDownLatch latch) {
			try {
				assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
