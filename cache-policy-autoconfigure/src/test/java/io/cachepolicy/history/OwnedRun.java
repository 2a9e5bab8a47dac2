package io.cachepolicy.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.WritePolicy;

import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Threads that each write rows of their own, numbered, to a write-back cache, now and
 * then through it, and read those of all. Whatever becomes of entries and pending writes
 * meanwhile, its owner reads the last number of a row, and nobody reads a number that was
 * rolled back or one smaller than before.
 */
final class OwnedRun {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private static final AtomicLong ids = new AtomicLong(1_000_000);

	private static final int THREADS = 4;

	private static final int STEPS = 40;

	private final Set<String> rolledBack = ConcurrentHashMap.newKeySet();

	private final Map<Long, Integer> last = new ConcurrentHashMap<>();

	private final AtomicInteger actions = new AtomicInteger();

	private final Random random;

	private final boolean versioned;

	private final PolicyCache cache;

	private final PolicyCache other;

	private final JdbcTemplate jdbc;

	private final TransactionTemplate transaction;

	private final List<Long> keys = new ArrayList<>();

	OwnedRun(ApplicationContext context, Random random) {
		this.random = random;
		this.versioned = random.nextBoolean();
		this.cache = Objects.requireNonNull(context.getBean(PolicyCacheManager.class)
			.getCache(HistoryApplication.name((this.versioned) ? Ledger.class : Board.class, "write-back")));
		this.other = this.cache.withPolicy(WritePolicy.WRITE_THROUGH);
		this.jdbc = context.getBean(JdbcTemplate.class);
		this.transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
		for (int i = 0; i < THREADS; i++) {
			this.keys.add(ids.incrementAndGet());
		}
	}

	void run(ExecutorService executor) throws Exception {
		List<CompletableFuture<Void>> threads = new ArrayList<>();
		for (long key : this.keys) {
			Owner owner = new Owner(key, new Random(this.random.nextLong()));
			threads.add(CompletableFuture.runAsync(owner, executor));
		}
		CompletableFuture.allOf(threads.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
		FlushReport report = this.cache.flush(TIMEOUT);
		assertThat(report.failed() + report.remaining()).as("failed or remaining").isZero();
		assertThat(this.cache.deadLetters()).isEmpty();
		this.keys.forEach(this::checkRow);
	}

	private void checkRow(long key) {
		String table = (this.versioned) ? "ledger" : "board";
		List<Integer> rows = this.jdbc.queryForList("select text from " + table + " where id = ?", Integer.class, key);
		Integer number = this.last.get(key);
		assertThat(rows).as("row %d", key).isEqualTo((number != null) ? List.of(number) : List.of());
		assertThat(number(key)).as("entry %d", key).isEqualTo((number != null) ? number : 0);
	}

	int actions() {
		return this.actions.get();
	}

	private int number(long key) {
		this.actions.incrementAndGet();
		Register register = (Register) this.cache.get(key, Object.class);
		return (register != null) ? Integer.parseInt(register.getText()) : 0;
	}

	@Override
	public String toString() {
		return this.cache.getName();
	}

	/**
	 * Writes one row and reads all.
	 */
	private final class Owner implements Runnable {

		private final Map<Long, Integer> seen = new HashMap<>();

		private final long key;

		private final Random random;

		private int written;

		private int next;

		Owner(long key, Random random) {
			this.key = key;
			this.random = random;
		}

		@Override
		public void run() {
			for (int i = 0; i < STEPS; i++) {
				step(OwnedRun.this.keys.get(this.random.nextInt(THREADS)));
				assertThat(number(this.key)).as("own row %d", this.key).isEqualTo(this.written);
			}
		}

		private void step(long other) {
			switch (this.random.nextInt(10)) {
				case 0, 1, 2 -> write(OwnedRun.this.cache);
				case 3 -> write(OwnedRun.this.other);
				case 4, 5 -> writeInTransaction(this.random.nextBoolean());
				case 6 -> OwnedRun.this.cache.evict(other);
				case 7 -> OwnedRun.this.transaction.executeWithoutResult((status) -> OwnedRun.this.cache.get(other));
				default -> read(other);
			}
		}

		private void read(long other) {
			int number = number(other);
			assertThat(OwnedRun.this.rolledBack).doesNotContain(other + ":" + number);
			assertThat(number).as("row %d goes back", other).isGreaterThanOrEqualTo(this.seen.getOrDefault(other, 0));
			this.seen.put(other, number);
		}

		private void write(PolicyCache cache) {
			cache.put(this.key, next());
			written();
		}

		private void writeInTransaction(boolean rollback) {
			Register register = next();
			if (rollback) {
				OwnedRun.this.rolledBack.add(this.key + ":" + this.next);
			}
			OwnedRun.this.transaction.executeWithoutResult((status) -> {
				OwnedRun.this.cache.put(this.key, register);
				assertThat(number(this.key)).isEqualTo(this.next);
				if (rollback) {
					status.setRollbackOnly();
				}
			});
			if (!rollback) {
				written();
			}
		}

		private Register next() {
			OwnedRun.this.actions.incrementAndGet();
			Register register = (Register) OwnedRun.this.cache.get(this.key, Object.class);
			if (register == null) {
				register = (OwnedRun.this.versioned) ? new Ledger(this.key) : new Board(this.key);
			}
			this.next++;
			register.setText(String.valueOf(this.next));
			return register;
		}

		private void written() {
			this.written = this.next;
			OwnedRun.this.last.put(this.key, this.written);
		}

	}

}
