package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.cache.CaffeinePolicyCacheManager;
import io.cachepolicy.settings.Overflow;
import io.cachepolicy.spi.WriteMode;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.FakeTransactionManager;
import io.cachepolicy.testsupport.MemoryLog;
import io.cachepolicy.testsupport.Specs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random operations of many threads on a small cache with a store that is away at times,
 * refuses rows once, and some values for good. Each key has one thread that writes it, so
 * that its last write is known, and any number that read it. The seed is in the name of
 * the test; {@code -Dcache-policy.seed} repeats it, {@code -Dcache-policy.repetitions}
 * tries that many, {@code -Dcache-policy.operations} makes them longer.
 */
class WriteBackStressTests {

	private static final int WRITERS = 8;

	private static final int KEYS = 12 * WRITERS;

	/**
	 * Of this many keys of a writer, one is written with values that are refused.
	 */
	private static final int REFUSALS = 4;

	private static final int OPERATIONS = Integer.getInteger("cache-policy.operations", 1200);

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private final FakeStore store = new RefusingStore();

	private final MemoryLog log = new MemoryLog();

	private final TransactionTemplate template = new TransactionTemplate(new FakeTransactionManager());

	private final ThreadLocal<Boolean> spared = new ThreadLocal<>();

	/**
	 * The number of the last write that returned, by key. Even numbers remove.
	 */
	private final AtomicLongArray returned = new AtomicLongArray(KEYS);

	private final AtomicLongArray begun = new AtomicLongArray(KEYS);

	private final AtomicLongArray removalsBegun = new AtomicLongArray(KEYS);

	/**
	 * The last write that the store refuses for good, by key.
	 */
	private final AtomicLongArray refusedBegun = new AtomicLongArray(KEYS);

	private volatile boolean away;

	static Stream<Arguments> seeds() {
		long seed = Long.getLong("cache-policy.seed", System.nanoTime());
		return LongStream.range(seed, seed + Integer.getInteger("cache-policy.repetitions", 3))
			.boxed()
			.flatMap((next) -> Stream.of(Arguments.of(next, 1), Arguments.of(next, 4)));
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void everyAcceptedWriteIsReadAndStored(long seed, int flushThreads) throws Exception {
		Random random = new Random(seed);
		Specs specs = Specs.of("items")
			.policy(WritePolicy.WRITE_BACK)
			.maximumSize(8L)
			.coalesce(random.nextInt(4) > 0)
			.batchSize(1 + random.nextInt(5))
			.flushThreshold(1 + random.nextInt(8))
			.flushInterval(Duration.ofMillis(1 + random.nextInt(20)))
			.maxPending(16 + random.nextInt(16))
			.flushThreads(flushThreads)
			.maxAttempts(2)
			.initialInterval(Duration.ofMillis(1))
			.overflow(random.nextBoolean() ? Overflow.BLOCK : Overflow.WRITE_THROUGH, TIMEOUT);
		CaffeinePolicyCacheManager manager = specs.log(this.log).manager(this.store);
		PolicyCache cache = manager.getCache("items");
		assertThat(cache).isNotNull();
		// From now on there are deferred writes, and who writes through holds them back
		cache.put(-1L, "first");
		this.store.beforeWrite(this::failAtTimes);
		run(cache, random);
		FlushReport report = manager.flush(TIMEOUT);
		assertThat(report.remaining()).isZero();
		assertThat(cache.pendingWrites()).isZero();
		assertThat(this.store.overlaps()).isZero();
		assertThat(this.store.rows()).containsEntry(-1L, "first");
		Map<Object, DeadLetter> letters = new HashMap<>();
		cache.deadLetters().forEach((letter) -> letters.put(letter.key(), letter));
		for (int key = 0; key < KEYS; key++) {
			checkEnd(cache, key, letters.get((long) key));
		}
		long start = System.nanoTime();
		manager.stop(TIMEOUT);
		assertThat(this.log.mistakes()).isEmpty();
		assertThat(this.log.open()).as("neither recorded nor cancelled").isZero();
		assertThat(this.log.writes()).isEmpty();
		assertThat(System.nanoTime() - start).as("All room is free").isLessThan(TIMEOUT.toNanos() / 2);
	}

	private void checkEnd(PolicyCache cache, int key, @Nullable DeadLetter letter) {
		Object row = this.store.rows().get((long) key);
		assertThat(cache.get((long) key, String.class)).as("key %d", key).isEqualTo(row);
		if (isRefused(this.returned.get(key))) {
			assertThat(letter).as("dead letter of key %d", key).isNotNull();
			assertThat(letter.value()).as("dead letter of key %d", key).isEqualTo(lastWrite(key));
			assertThat(row).as("row %d", key).isNotEqualTo(lastWrite(key));
		}
		else {
			assertThat(letter).as("dead letter of key %d", key).isNull();
			assertThat(row).as("row %d", key).isEqualTo(lastWrite(key));
		}
	}

	/**
	 * Of the writes of a key, some are never stored.
	 */
	private static boolean isRefused(long number) {
		return number % 14 == 7;
	}

	private static boolean mayBeRefused(int key) {
		return key / WRITERS % REFUSALS == 0;
	}

	private @Nullable String lastWrite(int key) {
		long last = this.returned.get(key);
		return (last % 2 != 0) ? String.valueOf(last) : null;
	}

	private void failAtTimes(Collection<Object> keys) {
		Thread.yield();
		if (Boolean.TRUE.equals(this.spared.get())) {
			return;
		}
		if (this.away) {
			throw withoutTrace(new DataAccessResourceFailureException("away"));
		}
	}

	private static RuntimeException withoutTrace(RuntimeException failure) {
		failure.setStackTrace(new StackTraceElement[0]);
		return failure;
	}

	private void run(PolicyCache cache, Random random) throws Exception {
		ExecutorService executor = Executors.newCachedThreadPool();
		AtomicBoolean done = new AtomicBoolean();
		try {
			List<CompletableFuture<Void>> writers = new ArrayList<>();
			for (int i = 0; i < WRITERS; i++) {
				Writer writer = new Writer(cache, i, new Random(random.nextLong()));
				writers.add(CompletableFuture.runAsync(writer, executor));
			}
			List<CompletableFuture<Void>> others = new ArrayList<>();
			for (int i = 0; i < 2; i++) {
				Random own = new Random(random.nextLong());
				others.add(CompletableFuture.runAsync(() -> {
					while (!done.get()) {
						read(cache, own.nextInt(KEYS));
					}
				}, executor));
			}
			others.add(CompletableFuture.runAsync(() -> goAway(done), executor));
			try {
				CompletableFuture.allOf(writers.toArray(CompletableFuture[]::new)).get(120, TimeUnit.SECONDS);
			}
			finally {
				done.set(true);
			}
			CompletableFuture.allOf(others.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
		}
		finally {
			executor.shutdownNow();
		}
	}

	private void goAway(AtomicBoolean done) {
		while (!done.get()) {
			this.away = true;
			pause();
			this.away = false;
			pause();
			pause();
			pause();
		}
	}

	private static void pause() {
		LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(ThreadLocalRandom.current().nextInt(4000)));
	}

	/**
	 * Read a key, and check that the value is not older than the last write that had
	 * returned, nor one that nobody wrote. A write that is refused may have taken the
	 * place of earlier ones, so that a value before them is seen again.
	 */
	private void read(PolicyCache cache, int key) {
		long last = this.returned.get(key);
		String value = cache.get((long) key, String.class);
		long oldest = (this.refusedBegun.get(key) >= last) ? 0 : last;
		if (value == null) {
			assertThat(oldest == 0 || this.removalsBegun.get(key) >= oldest).as("absent, key %d written %d", key, last)
				.isTrue();
		}
		else {
			assertThat(Long.parseLong(value)).as("key %d", key).isBetween(oldest, this.begun.get(key));
		}
	}

	/**
	 * Writes its own keys and reads each write back.
	 */
	private final class Writer implements Runnable {

		private final PolicyCache cache;

		private final int number;

		private final Random random;

		Writer(PolicyCache cache, int number, Random random) {
			this.cache = cache;
			this.number = number;
			this.random = random;
		}

		@Override
		public void run() {
			for (int i = 0; i < OPERATIONS; i++) {
				int dice = this.random.nextInt(100);
				if (dice < 60) {
					write(this.cache, this.random.nextInt(4) == 0);
				}
				else if (dice < 65) {
					writeThrough();
				}
				else if (dice < 72) {
					writeInTransaction();
				}
				else if (dice < 76) {
					writeMany();
				}
				else if (dice < 85) {
					this.cache.evict((long) ownKey());
				}
				else if (dice < 87) {
					this.cache.clear();
				}
				else if (dice < 88) {
					assertThat(this.cache.flush(TIMEOUT).remaining()).isZero();
				}
				else {
					read(this.cache, this.random.nextInt(KEYS));
				}
			}
		}

		/**
		 * The first of the keys are hot.
		 */
		private int ownKey() {
			int hot = this.random.nextBoolean() ? 2 : KEYS / WRITERS;
			return this.random.nextInt(hot) * WRITERS + this.number;
		}

		/**
		 * Begin a write.
		 * @param key the key
		 * @param removal whether the write removes
		 * @param refusable whether the store may refuse the value for good
		 * @return its number
		 */
		private long next(int key, boolean removal, boolean refusable) {
			long last = WriteBackStressTests.this.begun.get(key);
			long next = (removal == (last % 2 != 0)) ? last + 1 : last + 2;
			if (isRefused(next)) {
				if (refusable && mayBeRefused(key)) {
					WriteBackStressTests.this.refusedBegun.set(key, next);
				}
				else {
					next += 2;
				}
			}
			if (removal) {
				WriteBackStressTests.this.removalsBegun.set(key, next);
			}
			WriteBackStressTests.this.begun.set(key, next);
			return next;
		}

		private void write(PolicyCache cache, boolean removal) {
			int key = ownKey();
			long number = next(key, removal, true);
			if (write(cache, key, number)) {
				returned(key, number);
			}
		}

		/**
		 * Write, which fails only if it reached the store at once.
		 */
		private boolean write(PolicyCache cache, int key, long number) {
			try {
				if (number % 2 != 0) {
					cache.put((long) key, String.valueOf(number));
				}
				else {
					cache.remove((long) key);
				}
				return true;
			}
			catch (DataAccessException ex) {
				return false;
			}
		}

		private void returned(int key, long number) {
			WriteBackStressTests.this.returned.set(key, number);
			if (!isRefused(number)) {
				assertThat(this.cache.get((long) key, String.class)).as("own write of key %d", key)
					.isEqualTo(lastWrite(key));
			}
		}

		private void writeThrough() {
			write(this.cache.withPolicy(WritePolicy.WRITE_THROUGH), this.random.nextInt(4) == 0);
		}

		private void writeInTransaction() {
			int key = ownKey();
			long first = next(key, false, false);
			long second = next(key, this.random.nextBoolean(), false);
			boolean commit = this.random.nextInt(3) > 0;
			sparing(() -> WriteBackStressTests.this.template.executeWithoutResult((status) -> {
				write(this.cache, key, first);
				write(this.cache, key, second);
				assertThat(this.cache.get((long) key, String.class))
					.isEqualTo((second % 2 != 0) ? String.valueOf(second) : null);
				if (!commit) {
					status.setRollbackOnly();
				}
			}));
			if (commit) {
				returned(key, second);
			}
		}

		private void writeMany() {
			Map<Integer, Long> numbers = new LinkedHashMap<>();
			for (int i = 0; i < 3; i++) {
				numbers.computeIfAbsent(ownKey(), (key) -> next(key, false, false));
			}
			Map<Object, Object> entries = new LinkedHashMap<>();
			numbers.forEach((key, number) -> entries.put((long) key, String.valueOf(number)));
			sparing(() -> this.cache.putAll(entries));
			numbers.forEach(this::returned);
		}

		/**
		 * Run without failures of store calls in this thread: the store takes no part in
		 * transactions and would keep a part of what is to be rolled back.
		 */
		private void sparing(Runnable action) {
			WriteBackStressTests.this.spared.set(true);
			try {
				action.run();
			}
			finally {
				WriteBackStressTests.this.spared.remove();
			}
		}

	}

	/**
	 * A store that refuses some values for good, and others once.
	 */
	private final class RefusingStore extends FakeStore {

		private final Set<Object> seen = ConcurrentHashMap.newKeySet();

		@Override
		public Map<Object, Object> write(WriteMode mode, Map<Object, Object> entries) {
			if (mode == WriteMode.FLUSH || mode == WriteMode.FLUSH_OVER) {
				entries.forEach((key, value) -> refuseOnce(key + "=" + value));
			}
			check(entries.values());
			return super.write(mode, entries);
		}

		private void refuseOnce(String entry) {
			boolean first = entry.hashCode() % 16 == 0 && this.seen.add(entry);
			if (first && !Boolean.TRUE.equals(WriteBackStressTests.this.spared.get())) {
				throw withoutTrace(new DataIntegrityViolationException("refused once"));
			}
		}

		private void check(Collection<Object> values) {
			if (values.stream()
				.anyMatch((value) -> !value.equals("first") && isRefused(Long.parseLong((String) value)))) {
				throw withoutTrace(new DataIntegrityViolationException("refused"));
			}
		}

	}

}
