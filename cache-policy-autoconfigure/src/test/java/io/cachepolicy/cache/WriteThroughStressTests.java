package io.cachepolicy.cache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.LongStream;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.spi.WriteMode;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.FakeTransactionManager;
import io.cachepolicy.testsupport.Specs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.cache.Cache;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random writes of the same few keys by many threads, through and around the cache, to a
 * store with transactions: a row is locked from its write to the end of the transaction,
 * and others read what was committed. The seed is in the name of the test;
 * {@code -Dcache-policy.seed} repeats it, {@code -Dcache-policy.repetitions} tries that
 * many.
 */
class WriteThroughStressTests {

	private static final int THREADS = 8;

	private static final int KEYS = 3;

	private static final int OPERATIONS = Integer.getInteger("cache-policy.operations", 1500);

	private final RowStore store = new RowStore();

	private final TransactionTemplate template = new TransactionTemplate(this.store.transactionManager);

	private final AtomicLong numbers = new AtomicLong();

	static LongStream seeds() {
		long seed = Long.getLong("cache-policy.seed", System.nanoTime());
		return LongStream.range(seed, seed + Integer.getInteger("cache-policy.repetitions", 4));
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void readersSeeWhatIsCommittedAndEntriesEqualRows(long seed) throws Exception {
		Random random = new Random(seed);
		CaffeinePolicyCache cache = Specs.of("items")
			.maximumSize((random.nextBoolean()) ? 2L : 100L)
			.cacheAbsent(random.nextBoolean())
			.manager(this.store)
			.getCache("items");
		assertThat(cache).isNotNull();
		ExecutorService executor = Executors.newCachedThreadPool();
		try {
			List<CompletableFuture<Void>> threads = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				Random own = new Random(random.nextLong());
				threads.add(CompletableFuture.runAsync(() -> operate(cache, own), executor));
			}
			CompletableFuture.allOf(threads.toArray(CompletableFuture[]::new)).get(120, TimeUnit.SECONDS);
		}
		finally {
			executor.shutdownNow();
		}
		for (long key = 0; key < KEYS; key++) {
			Cache.ValueWrapper entry = cache.operations().find(key);
			if (entry != null) {
				assertThat(entry.get()).as("entry %d", key).isEqualTo(this.store.committed(key));
			}
			assertThat(cache.get(key, String.class)).as("key %d", key).isEqualTo(this.store.committed(key));
		}
	}

	private void operate(CaffeinePolicyCache cache, Random random) {
		for (int i = 0; i < OPERATIONS; i++) {
			long key = random.nextInt(KEYS);
			WritePolicy policy = (random.nextInt(3) > 0) ? WritePolicy.WRITE_THROUGH : WritePolicy.WRITE_AROUND;
			switch (random.nextInt(10)) {
				case 0, 1 -> write(cache, policy, key, random.nextInt(5) == 0);
				case 2 -> writeInTransaction(cache, policy, key, random);
				case 3 -> readInTransaction(cache, key, random.nextBoolean());
				case 4 -> cache.evict(key);
				case 5 -> {
					if (random.nextInt(4) == 0) {
						cache.clear();
					}
				}
				default -> read(cache, key);
			}
		}
	}

	private void write(CaffeinePolicyCache cache, WritePolicy policy, long key, boolean removal) {
		long before = this.store.commits(key);
		String value = "value " + this.numbers.incrementAndGet();
		try {
			if (removal) {
				cache.operations().remove(policy, key);
			}
			else {
				cache.operations().put(policy, key, value);
			}
		}
		catch (DataIntegrityViolationException ex) {
			return;
		}
		this.store.ended(key, (removal) ? before + 1 : this.store.commitOf(value));
		read(cache, key);
	}

	private void writeInTransaction(CaffeinePolicyCache cache, WritePolicy policy, long key, Random random) {
		String value = "value " + this.numbers.incrementAndGet();
		boolean commit = random.nextInt(3) > 0;
		try {
			this.template.executeWithoutResult((status) -> {
				if (random.nextBoolean()) {
					cache.get(key);
				}
				cache.operations().put(policy, key, value);
				assertThat(cache.get(key, String.class)).isEqualTo(value);
				if (!commit) {
					status.setRollbackOnly();
				}
			});
		}
		catch (DataIntegrityViolationException ex) {
			return;
		}
		if (commit) {
			this.store.ended(key, this.store.commitOf(value));
		}
		read(cache, key);
	}

	/**
	 * A transaction may see older values than others: it is not checked what.
	 */
	private void readInTransaction(CaffeinePolicyCache cache, long key, boolean readOnly) {
		TransactionTemplate template = new TransactionTemplate(this.store.transactionManager);
		template.setReadOnly(readOnly);
		template.executeWithoutResult((status) -> {
			this.store.takeSnapshot();
			Thread.yield();
			cache.get(key);
		});
	}

	/**
	 * Read, and check that the value is not older than the last one whose write had
	 * returned.
	 */
	private void read(CaffeinePolicyCache cache, long key) {
		long last = this.store.ended(key);
		String value = cache.get(key, String.class);
		if (value != null) {
			assertThat(this.store.commitOf(value)).as("key %d", key).isGreaterThanOrEqualTo(last);
		}
		else {
			assertThat(this.store.lastRemoval(key)).as("absent, key %d", key).isGreaterThanOrEqualTo(last);
		}
	}

	/**
	 * A store with row locks and transactions, which fails at times.
	 */
	private static final class RowStore extends FakeStore {

		private final Map<Object, ReentrantLock> locks = new ConcurrentHashMap<>();

		private final Map<Object, Row> committed = new ConcurrentHashMap<>();

		private final Map<Object, Long> commitOfValue = new ConcurrentHashMap<>();

		private final Map<Object, Long> removals = new ConcurrentHashMap<>();

		private final Map<Object, Long> ended = new ConcurrentHashMap<>();

		private final ThreadLocal<Map<Object, @Nullable Object>> uncommitted = ThreadLocal.withInitial(HashMap::new);

		private final ThreadLocal<@Nullable Map<Object, Row>> snapshot = new ThreadLocal<>();

		private final FakeTransactionManager transactionManager = new FakeTransactionManager();

		RowStore() {
			this.transactionManager.enlist(this::commitRows, this::rollbackRows);
		}

		@Nullable Object committed(Object key) {
			Row row = this.committed.get(key);
			return (row != null) ? row.value() : null;
		}

		long commits(Object key) {
			Row row = this.committed.get(key);
			return (row != null) ? row.commit() : 0;
		}

		long commitOf(Object value) {
			return this.commitOfValue.get(value);
		}

		long lastRemoval(Object key) {
			return this.removals.getOrDefault(key, 0L);
		}

		long ended(Object key) {
			return this.ended.getOrDefault(key, 0L);
		}

		void ended(Object key, long commit) {
			this.ended.merge(key, commit, Math::max);
		}

		void takeSnapshot() {
			this.snapshot.set(Map.copyOf(this.committed));
		}

		@Override
		public @Nullable Object load(Object key) {
			Map<Object, @Nullable Object> own = this.uncommitted.get();
			if (own.containsKey(key)) {
				return own.get(key);
			}
			Map<Object, Row> snapshot = this.snapshot.get();
			Row row = ((snapshot != null) ? snapshot : this.committed).get(key);
			Thread.yield();
			return (row != null) ? row.value() : null;
		}

		@Override
		public Map<Object, Object> write(WriteMode mode, Map<Object, Object> entries) {
			entries.forEach(this::write);
			return entries;
		}

		@Override
		public void deleteAll(Collection<?> keys) {
			keys.forEach((key) -> write(key, null));
		}

		private void write(Object key, @Nullable Object value) {
			ReentrantLock lock = this.locks.computeIfAbsent(key, (k) -> new ReentrantLock());
			if (!lock.isHeldByCurrentThread()) {
				lock.lock();
			}
			this.uncommitted.get().put(key, value);
			Thread.yield();
			int dice = ThreadLocalRandom.current().nextInt(100);
			if (TransactionSynchronizationManager.isActualTransactionActive()) {
				if (dice < 3) {
					throw failure("refused");
				}
				return;
			}
			if (dice < 3) {
				rollbackRows();
				throw failure("refused");
			}
			commitRows();
			if (dice < 6) {
				throw failure("the answer of the commit was lost");
			}
		}

		private static DataIntegrityViolationException failure(String message) {
			DataIntegrityViolationException failure = new DataIntegrityViolationException(message);
			failure.setStackTrace(new StackTraceElement[0]);
			return failure;
		}

		private void commitRows() {
			this.uncommitted.get().forEach((key, value) -> {
				long commit = commits(key) + 1;
				if (value != null) {
					this.commitOfValue.put(value, commit);
				}
				else {
					this.removals.put(key, commit);
				}
				this.committed.put(key, new Row(value, commit));
			});
			end();
		}

		private void rollbackRows() {
			end();
		}

		private void end() {
			this.uncommitted.get().keySet().forEach((key) -> this.locks.get(key).unlock());
			this.uncommitted.remove();
			this.snapshot.remove();
			Thread.yield();
		}

		private record Row(@Nullable Object value, long commit) {

		}

	}

}
