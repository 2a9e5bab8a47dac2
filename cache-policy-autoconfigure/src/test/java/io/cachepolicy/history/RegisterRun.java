package io.cachepolicy.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Threads that read and write the same few rows at random, through or around a cache.
 */
final class RegisterRun {

	static final String INITIAL = "0";

	private static final AtomicLong ids = new AtomicLong();

	private static final int KEYS = 3;

	private static final int THREADS = 4;

	private static final int STEPS = 14;

	private final Recorder recorder = new Recorder();

	private final AtomicInteger writes = new AtomicInteger();

	private final Random random;

	private final boolean versioned;

	private final String cacheName;

	private final PolicyCache cache;

	private final JdbcTemplate jdbc;

	private final TransactionTemplate transaction;

	private final EntityManager manager;

	private final List<Long> keys = new ArrayList<>();

	RegisterRun(ApplicationContext context, Random random) {
		this.random = random;
		this.versioned = random.nextBoolean();
		this.cacheName = HistoryApplication.name((this.versioned) ? Ledger.class : Board.class,
				(random.nextBoolean()) ? "write-through" : "write-around");
		this.cache = Objects.requireNonNull(context.getBean(PolicyCacheManager.class).getCache(this.cacheName));
		this.jdbc = context.getBean(JdbcTemplate.class);
		this.transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
		this.manager = SharedEntityManagerCreator
			.createSharedEntityManager(context.getBean(EntityManagerFactory.class));
		for (int i = 0; i < KEYS; i++) {
			this.keys.add(ids.incrementAndGet());
		}
	}

	private String table() {
		return (this.versioned) ? "ledger" : "board";
	}

	/**
	 * Run the threads, and read each row and its entry in the end.
	 */
	void run(ExecutorService executor) throws Exception {
		String columns = (this.versioned) ? " (id, text, version) values (?, ?, 0)" : " (id, text) values (?, ?)";
		this.keys.forEach((key) -> this.jdbc.update("insert into " + table() + columns, key, INITIAL));
		CyclicBarrier start = new CyclicBarrier(THREADS);
		List<CompletableFuture<Void>> threads = new ArrayList<>();
		for (int thread = 0; thread < THREADS; thread++) {
			Worker worker = new Worker(thread, new Random(this.random.nextLong()), start);
			threads.add(CompletableFuture.runAsync(worker, executor));
		}
		CompletableFuture.allOf(threads.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
		this.keys.forEach(this::finish);
	}

	private void finish(long key) {
		long invocation = this.recorder.ticket();
		String entry = read(key);
		this.recorder.read(-1, key, entry, invocation);
		invocation = this.recorder.ticket();
		String row = this.jdbc.queryForObject("select text from " + table() + " where id = ?", String.class, key);
		this.recorder.read(-1, key, row, invocation);
	}

	List<Long> keys() {
		return this.keys;
	}

	List<Action> history(long key) {
		return this.recorder.history(key);
	}

	private @Nullable String read(long key) {
		Register register = (Register) this.cache.get(key, Object.class);
		return (register != null) ? register.getText() : null;
	}

	@Override
	public String toString() {
		return this.cacheName;
	}

	/**
	 * One of the threads.
	 */
	private final class Worker implements Runnable {

		private final int thread;

		private final Random random;

		private final CyclicBarrier start;

		Worker(int thread, Random random, CyclicBarrier start) {
			this.thread = thread;
			this.random = random;
			this.start = start;
		}

		@Override
		public void run() {
			try {
				this.start.await(20, TimeUnit.SECONDS);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
			for (int i = 0; i < STEPS; i++) {
				step(RegisterRun.this.keys.get(this.random.nextInt(KEYS)));
			}
		}

		private void step(long key) {
			switch (this.random.nextInt(14)) {
				case 0, 1, 2 -> write(key);
				case 3 -> writeInTransaction(key, false);
				case 4 -> writeInTransaction(key, this.random.nextBoolean());
				case 5 -> RegisterRun.this.cache.evict(key);
				case 6 -> readInTransaction(key);
				case 7, 8 -> bypass(key, this.random.nextBoolean(), this.random.nextInt(4) == 0);
				default -> readAndRecord(key);
			}
		}

		private @Nullable Register readAndRecord(long key) {
			long invocation = RegisterRun.this.recorder.ticket();
			Register register = (Register) RegisterRun.this.cache.get(key, Object.class);
			RegisterRun.this.recorder.read(this.thread, key, (register != null) ? register.getText() : null,
					invocation);
			return register;
		}

		private void readInTransaction(long key) {
			long invocation = RegisterRun.this.recorder.ticket();
			String text = RegisterRun.this.transaction.execute((status) -> RegisterRun.this.read(key));
			RegisterRun.this.recorder.read(this.thread, key, text, invocation);
		}

		/**
		 * Write the row without the cache.
		 */
		private void bypass(long key, boolean statement, boolean rollback) {
			String text = "w" + RegisterRun.this.writes.incrementAndGet();
			writeInTransaction(key, text, () -> change(key, text, statement), rollback);
		}

		private void change(long key, String text, boolean statement) {
			if (statement) {
				RegisterRun.this.manager
					.createQuery("update %s %s set text = :text where id = :id".formatted(
							(RegisterRun.this.versioned) ? "versioned" : "",
							(RegisterRun.this.versioned) ? "Ledger" : "Board"))
					.setParameter("text", text)
					.setParameter("id", key)
					.executeUpdate();
			}
			else {
				Class<? extends Register> type = (RegisterRun.this.versioned) ? Ledger.class : Board.class;
				RegisterRun.this.manager.find(type, key).setText(text);
			}
		}

		/**
		 * A version has to be read before it can be written.
		 */
		private Register next(long key) {
			Register register = (RegisterRun.this.versioned) ? readAndRecord(key) : new Board(key);
			assertThat(register).isNotNull();
			register.setText("w" + RegisterRun.this.writes.incrementAndGet());
			return register;
		}

		private void write(long key) {
			Register register = next(key);
			write(key, register.getText(), () -> RegisterRun.this.cache.put(key, register));
		}

		private void writeInTransaction(long key, boolean rollback) {
			Register register = next(key);
			String text = register.getText();
			writeInTransaction(key, text, () -> RegisterRun.this.cache.put(key, register), rollback);
		}

		private void writeInTransaction(long key, String text, Runnable write, boolean rollback) {
			Runnable transaction = () -> RegisterRun.this.transaction.executeWithoutResult((status) -> {
				write.run();
				assertThat(read(key)).isEqualTo(text);
				if (rollback) {
					status.setRollbackOnly();
				}
			});
			if (!rollback) {
				write(key, text, transaction);
				return;
			}
			try {
				transaction.run();
			}
			catch (DataAccessException ex) {
				// Another thread was faster, and nothing was to stay anyway
			}
		}

		private void write(long key, String text, Runnable write) {
			long invocation = RegisterRun.this.recorder.ticket();
			try {
				write.run();
				RegisterRun.this.recorder.wrote(this.thread, key, text, invocation);
			}
			catch (DataAccessException ex) {
				RegisterRun.this.recorder.failed(this.thread, key, text, invocation);
			}
		}

	}

}
