package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Specs;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.TransientDataAccessResourceException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for flushes of which some writes fail, whatever the store throws: what was never
 * tried does not wait for them.
 */
class FairFlushTests extends AbstractWriteBackTests {

	private static final Duration SHORT = Duration.ofMillis(1);

	private final FakeStore store = new FakeStore();

	private final Set<Object> bad = ConcurrentHashMap.newKeySet();

	private void failForBad(Supplier<Throwable> failure) {
		this.store.beforeWrite((keys) -> {
			if (keys.stream().anyMatch(this.bad::contains)) {
				FairFlushTests.<RuntimeException>sneakyThrow(failure.get());
			}
		});
	}

	@SuppressWarnings("unchecked")
	private static <E extends Throwable> void sneakyThrow(Throwable failure) throws E {
		throw (E) failure;
	}

	private static Specs specs() {
		return Specs.of("items").batchSize(20).maxAttempts(1_000).initialInterval(Duration.ofMillis(1));
	}

	private void offerBad(PendingWrites writes, int count) {
		for (int i = 0; i < count; i++) {
			this.bad.add(i);
			writes.offer(i, "bad");
		}
	}

	static Stream<Supplier<Throwable>> knownFailuresOfRows() {
		return Stream.of(() -> new DataIntegrityViolationException("refused"),
				() -> new CannotAcquireLockException("locked"), () -> new QueryTimeoutException("slow"),
				() -> new OptimisticLockingFailureException("changed"));
	}

	static Stream<Supplier<Throwable>> failuresOfRows() {
		return Stream.concat(knownFailuresOfRows(),
				Stream.of(() -> new IllegalStateException("unknown"), () -> new AssertionError("unexpected")));
	}

	static Stream<Supplier<Throwable>> failures() {
		return Stream.concat(failuresOfRows(), Stream.of(() -> new OutOfMemoryError("too large"),
				() -> new TransientDataAccessResourceException("broken"), () -> new StackOverflowError()));
	}

	static Stream<Arguments> failuresAndNumbers() {
		return failuresOfRows()
			.flatMap((failure) -> Stream.of(1, 40, 1_000).map((number) -> Arguments.of(failure, number)));
	}

	@ParameterizedTest
	@MethodSource("failuresAndNumbers")
	@DisplayName("W8: a write that was never tried is stored by the next call but one, whatever is retried")
	void freshWriteDoesNotWaitForWhatFailed(Supplier<Throwable> failure, int number) {
		failForBad(failure);
		PendingWrites writes = create(specs(), this.store);
		offerBad(writes, number);
		writes.flush(SHORT);
		Awaitility.await().until(() -> this.store.calls().size() >= Math.min(100, number));
		writes.offer("good", "value");
		int before = this.store.calls().size();
		writes.expedite("good");
		Awaitility.await().until(() -> this.store.rows().containsKey("good"));
		int calls = this.store.calls().indexOf("flushAll[good]") - before;
		// Others may have begun between the count and the write
		assertThat(calls).isLessThanOrEqualTo(5);
		this.bad.clear();
		assertThat(writes.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.rows()).hasSize(number + 1 - writes.deadLetters().size());
	}

	@ParameterizedTest
	@MethodSource("failuresAndNumbers")
	@DisplayName("W8: the youngest write is stored by the next calls, though those before it were never tried either")
	void youngestWriteDoesNotWaitForFirstTriesOfOthers(Supplier<Throwable> failure, int number) {
		failForBad(failure);
		PendingWrites writes = create(specs().flushInterval(Duration.ofMinutes(10)), this.store);
		offerBad(writes, number);
		writes.offer(number, "good");
		writes.flush(SHORT);
		Awaitility.await().until(() -> this.store.rows().containsKey(number));
		assertThat(this.store.calls().indexOf("flushAll[" + number + "]")).isLessThanOrEqualTo(5);
		this.bad.clear();
		assertThat(writes.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.rows()).hasSize(number + 1 - writes.deadLetters().size());
	}

	@ParameterizedTest
	@MethodSource("knownFailuresOfRows")
	@DisplayName("W8: while thousands fail for the first time, each new write is stored by the next calls")
	void newWritesGoAroundAllThatFailForTheFirstTime(Supplier<Throwable> failure) {
		failForBad(failure);
		Duration interval = Duration.ofMillis(5);
		PendingWrites writes = create(specs().flushInterval(interval)
			.initialInterval(Duration.ofMinutes(1))
			.maxInterval(Duration.ofMinutes(1)), this.store);
		offerBad(writes, 3_000);
		int most = 0;
		for (int i = 0; i < 50; i++) {
			int key = 3_000 + i;
			writes.offer(key, "good");
			long due = System.nanoTime() + interval.toNanos();
			Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> System.nanoTime() - due > 0);
			int before = this.store.calls().size();
			Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> this.store.rows().containsKey(key));
			most = Math.max(most, calls(key) - before);
		}
		// A machine that is busy counts calls that ended before the write was due
		assertThat(most).isLessThanOrEqualTo(20);
		this.bad.clear();
	}

	/**
	 * Return how many calls there were until a key was stored.
	 * @param key the key
	 * @return the number
	 */
	private int calls(int key) {
		List<String> calls = this.store.calls();
		return IntStream.range(0, calls.size())
			.filter((i) -> calls.get(i).matches(".*\\b" + key + "\\b.*"))
			.reduce((first, second) -> second)
			.orElseThrow();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 10, 15, 19 })
	@DisplayName("W8: the youngest of a batch that is slow are stored by the next calls")
	void youngestOfAFailedBatchDoesNotWaitForTheOthers(int number) {
		failForBad(() -> new QueryTimeoutException("slow"));
		PendingWrites writes = create(specs().flushInterval(Duration.ofMinutes(10)), this.store);
		offerBad(writes, number);
		writes.offer(number, "good");
		writes.flush(SHORT);
		Awaitility.await().until(() -> this.store.rows().containsKey(number));
		assertThat(this.store.calls().indexOf("flushAll[" + number + "]")).isLessThanOrEqualTo(3);
		this.bad.clear();
		assertThat(writes.flush(TIMEOUT).remaining()).isZero();
	}

	@ParameterizedTest
	@MethodSource("failures")
	@DisplayName("F1, F5: what follows one row of ten is that row's, whatever its class, and the other nine are stored")
	void rowThatFailsKeepsNoOtherFromBeingStored(Supplier<Throwable> failure) {
		for (int key = 0; key < 10; key++) {
			this.bad.clear();
			this.store.rows().clear();
			failForBad(failure);
			PendingWrites writes = create("items" + key, specs().batchSize(500).maxAttempts(3), this.store);
			this.bad.add(key);
			IntStream.range(0, 10).forEach((each) -> writes.offer(each, "value"));
			writes.flush(SHORT);
			Awaitility.await().until(() -> this.store.rows().size() == 9);
			assertThat(this.store.rows()).doesNotContainKey(key);
			writes.offer("later", "value");
			assertThat(writes.flush(Duration.ofMillis(200)).written()).isPositive();
			assertThat(writes.status().awayFor()).isZero();
			this.bad.clear();
			writes.flush(TIMEOUT);
			assertThat(this.store.rows().size() + writes.deadLetters().size()).isEqualTo(11);
		}
	}

	@ParameterizedTest
	@MethodSource("failures")
	@DisplayName("F5: a row that always fails alone is given up in the end, unless others may be in its way")
	void rowThatAlwaysFailsIsGivenUp(Supplier<Throwable> failure) {
		failForBad(failure);
		PendingWrites writes = create(specs().batchSize(500).maxAttempts(3), this.store);
		this.bad.add(4);
		IntStream.range(0, 10).forEach((each) -> writes.offer(each, "value"));
		boolean inTheWay = failure.get() instanceof CannotAcquireLockException
				|| failure.get() instanceof QueryTimeoutException;
		if (inTheWay) {
			assertThat(writes.flush(Duration.ofMillis(100)).remaining()).isOne();
			assertThat(writes.deadLetters()).isEmpty();
			this.bad.clear();
			assertThat(writes.flush(TIMEOUT).remaining()).isZero();
			return;
		}
		assertThat(writes.flush(TIMEOUT).failed()).isOne();
		assertThat(writes.deadLetters()).singleElement().satisfies((letter) -> {
			assertThat(letter.key()).isEqualTo(4);
			assertThat(letter.value()).isEqualTo("value");
			assertThat(letter.reason()).hasSameClassAs(failure.get());
		});
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 4 })
	@DisplayName("W8: at the end what can be stored is stored before what failed is tried again")
	void drainStoresWhatCanBeStoredFirst(int flushThreads) {
		CountDownLatch closing = new CountDownLatch(1);
		failForBad(() -> {
			if (closing.getCount() == 0) {
				// Each attempt takes all the time that is left
				Awaitility.await().pollDelay(Duration.ofMillis(300)).until(() -> true);
			}
			return new QueryTimeoutException("slow");
		});
		PendingWrites writes = create(specs().batchSize(10).flushThreads(flushThreads), this.store);
		offerBad(writes, 5);
		writes.flush(SHORT);
		Awaitility.await().until(() -> this.store.calls().size() > 20);
		closing.countDown();
		IntStream.range(100, 149).forEach((key) -> writes.offer(key, "value"));
		writes.close();
		writes.awaitDrained(Duration.ofSeconds(1));
		assertThat(this.store.rows()).hasSize(49);
		this.bad.clear();
		writes.open();
	}

	@Test
	@DisplayName("W8: a thousand refused rows cost no more than an attempt each, and a few calls")
	void isolationOfRefusedRowsCostsLittle() {
		failForBad(() -> new DataIntegrityViolationException("refused"));
		PendingWrites writes = create(Specs.of("items").batchSize(500).maxAttempts(1), this.store);
		offerBad(writes, 1_000);
		writes.offer("good", "value");
		assertThat(writes.flush(TIMEOUT).failed()).isEqualTo(1_000);
		assertThat(this.store.calls().size()).isBetween(1_000, 1_400);
		assertThat(this.store.rows()).containsOnlyKeys("good");
	}

	@Test
	@DisplayName("W8: a row that was slow is tried a tenth of the time at most, also with new values")
	void slowRowRests() {
		failForBad(() -> {
			Awaitility.await().pollDelay(Duration.ofMillis(50)).until(() -> true);
			return new QueryTimeoutException("slow");
		});
		PendingWrites writes = create(specs().maxInterval(Duration.ofSeconds(30)), this.store);
		offerBad(writes, 1);
		writes.flush(SHORT);
		// One slow attempt says little of a row
		Awaitility.await().until(() -> this.store.calls().size() >= 2);
		long start = System.nanoTime();
		for (int i = 0; i < 50; i++) {
			writes.offer(0, "value " + i);
			writes.offer("other " + i, "value");
			writes.expedite("other " + i);
			String other = "other " + i;
			Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> this.store.rows().containsKey(other));
		}
		long most = 3 + (System.nanoTime() - start) / Duration.ofMillis(500).toNanos();
		assertThat(this.store.calls().stream().filter("flushAll[0]"::equals).count()).isLessThanOrEqualTo(most);
		this.bad.clear();
		assertThat(writes.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.rows()).containsEntry(0, "value 49");
	}

	@Test
	@DisplayName("W8: a new value of a refused row is tried at once")
	void newValueOfARefusedRowIsTriedAtOnce() {
		failForBad(() -> new DataIntegrityViolationException("refused"));
		PendingWrites writes = create(specs().initialInterval(Duration.ofMinutes(1)).maxInterval(Duration.ofMinutes(1)),
				this.store);
		offerBad(writes, 1);
		writes.flush(SHORT);
		Awaitility.await().until(() -> writes.counts().retried() == 1);
		this.bad.clear();
		writes.offer(0, "mended");
		Awaitility.await().until(() -> "mended".equals(this.store.rows().get(0)));
	}

	@Test
	@DisplayName("W8: rows that failed alone are tried together once they can be stored")
	void rowsThatFailedAloneAreTriedTogetherAgain() {
		Duration rest = Duration.ofMillis(500);
		failForBad(() -> new CannotAcquireLockException("locked"));
		PendingWrites writes = create(specs().batchSize(500).initialInterval(rest).maxInterval(rest), this.store);
		offerBad(writes, 500);
		writes.flush(SHORT);
		Awaitility.await().until(() -> writes.counts().retried() >= 500);
		CountDownLatch called = new CountDownLatch(1);
		CountDownLatch allAreDue = new CountDownLatch(1);
		this.store.beforeWrite((keys) -> {
			called.countDown();
			Awaitility.await().until(() -> allAreDue.getCount() == 0);
		});
		Awaitility.await().until(() -> called.getCount() == 0);
		int before = this.store.calls().size();
		Awaitility.await().pollDelay(rest).until(() -> true);
		allAreDue.countDown();
		assertThat(writes.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.calls().size() - before).isLessThan(100);
	}

	@Test
	@DisplayName("F5: what meets all rows in the same words is the store's, of which nobody knew, and costs few calls")
	void unknownFailureOfAllRowsIsOfTheStore() {
		this.store.beforeWrite((keys) -> {
			throw new UnsupportedOperationException("503 Service Unavailable");
		});
		PendingWrites writes = create(specs().batchSize(100).maxAttempts(1), this.store);
		IntStream.range(0, 1_000).forEach((key) -> writes.offer(key, "value"));
		writes.flush(Duration.ofMillis(100));
		Awaitility.await().until(() -> !writes.status().awayFor().isZero());
		assertThat(writes.deadLetters()).isEmpty();
		assertThat(this.store.calls().size()).isLessThan(100);
		this.store.beforeWrite((keys) -> {
		});
		assertThat(writes.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.rows()).hasSize(1_000);
		assertThat(writes.status().awayFor()).isZero();
	}

	@Test
	@DisplayName("F5: words that differ from row to row are the rows'")
	void failureInWordsOfEachRowIsOfTheRows() {
		this.store.beforeWrite((keys) -> {
			throw new IllegalStateException("not a valid text: " + keys);
		});
		PendingWrites writes = create(specs().batchSize(100).maxAttempts(1), this.store);
		IntStream.range(0, 20).forEach((key) -> writes.offer(key, "value"));
		assertThat(writes.flush(TIMEOUT).failed()).isEqualTo(20);
		assertThat(this.store.calls().stream().map(String::length).collect(Collectors.toSet())).isNotEmpty();
	}

	@Test
	@DisplayName("F5: a pool without a connection left is waited for by that flush alone")
	void exhaustedPoolIsNoOutage() {
		CountDownLatch served = new CountDownLatch(3);
		this.store.beforeWrite((keys) -> {
			if (served.getCount() > 0) {
				served.countDown();
				throw new org.springframework.transaction.CannotCreateTransactionException("no transaction",
						new java.sql.SQLTransientConnectionException("Connection is not available, request timed out"));
			}
		});
		PendingWrites writes = create(specs().maxAttempts(1), this.store);
		IntStream.range(0, 10).forEach((key) -> writes.offer(key, "value"));
		assertThat(writes.flush(TIMEOUT).remaining()).isZero();
		assertThat(writes.status().awayFor()).isZero();
		assertThat(this.store.rows()).hasSize(10);
		assertThat(writes.counts().failedAttempts()).isZero();
	}

	@Test
	@DisplayName("F5: a write that was not tried yet shows whether the store is away or one write is at fault")
	void freshWriteEndsAnOutageThatOneWriteMet() {
		failForBad(() -> new TransientDataAccessResourceException("broken"));
		PendingWrites writes = create(
				specs().maxAttempts(3).initialInterval(Duration.ofMinutes(1)).maxInterval(Duration.ofMinutes(1)),
				this.store);
		offerBad(writes, 1);
		writes.flush(SHORT);
		Awaitility.await().until(() -> !writes.status().awayFor().isZero());
		writes.offer("good", "value");
		writes.expedite("good");
		Awaitility.await().until(() -> this.store.rows().containsKey("good"));
		assertThat(writes.status().awayFor()).isZero();
		this.bad.clear();
		writes.offer(0, "mended");
		assertThat(writes.flush(TIMEOUT).remaining()).isZero();
	}

	@Test
	@DisplayName("F5: short outages that follow each other make no dead letter")
	void outagesThatFollowEachOtherAreHeldAgainstNoRow() {
		int[] calls = new int[1];
		this.store.beforeWrite((keys) -> {
			if (calls[0]++ % 3 != 0) {
				throw new TransientDataAccessResourceException("broken");
			}
		});
		PendingWrites writes = create(specs().batchSize(3).maxAttempts(2), this.store);
		IntStream.range(0, 200).forEach((key) -> writes.offer(key, "value"));
		assertThat(writes.flush(TIMEOUT).remaining()).isZero();
		assertThat(writes.deadLetters()).isEmpty();
		assertThat(this.store.rows()).hasSize(200);
	}

	@Test
	@DisplayName("a value that is refused for another one is stored when that one is gone, however long that takes")
	void refusedWriteWaitsForAnOlderOneThatMayBeInItsWay() {
		CountDownLatch removed = new CountDownLatch(1);
		this.store.rows().put("old", "unique");
		this.store.beforeWrite((keys) -> removeOrRefuse(keys, removed));
		PendingWrites writes = create(specs().batchSize(1).maxAttempts(2), this.store);
		writes.offer("old", io.cachepolicy.spi.Absent.VALUE);
		writes.offer("new", "unique");
		writes.flush(SHORT);
		Awaitility.await().until(() -> writes.counts().failedAttempts() > 20);
		assertThat(writes.deadLetters()).isEmpty();
		removed.countDown();
		assertThat(writes.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.rows()).containsOnlyKeys("new");
		assertThat(writes.deadLetters()).isEmpty();
	}

	private void removeOrRefuse(Collection<Object> keys, CountDownLatch removed) {
		if (keys.contains("old") && removed.getCount() > 0) {
			throw new CannotAcquireLockException("locked");
		}
		if (keys.contains("new") && this.store.rows().containsKey("old")) {
			throw new DataIntegrityViolationException("duplicate");
		}
	}

	@Test
	@DisplayName("refused writes do not wait for each other")
	void refusedWritesAreGivenUpThoughOthersAreOlder() {
		failForBad(() -> new DataIntegrityViolationException("refused"));
		PendingWrites writes = create(specs().maxAttempts(2), this.store);
		offerBad(writes, 50);
		assertThat(writes.flush(TIMEOUT).failed()).isEqualTo(50);
		assertThat(writes.deadLetters()).extracting((letter) -> letter.key())
			.containsExactlyInAnyOrderElementsOf(List.copyOf(this.bad));
	}

}
