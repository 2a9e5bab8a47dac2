package io.cachepolicy.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.cache.ManagedPolicyCache;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.cache.WriteCounts;
import io.cachepolicy.testsupport.MemoryLog;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * One sequence: writers, failures, and what is to hold when these are over.
 */
final class Run {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private static final Duration PATIENCE = Duration.ofMillis(800);

	private static final List<String> CACHES = List.of(Application.SHELVES, Application.VOLUMES);

	private static final int IDS = 100;

	private static final Set<Integer> MARIADB_CODES = Set.of(1451, 1452);

	private final Application application;

	private final Plan plan;

	private final Rows rows;

	private final List<Writer> writers = new ArrayList<>();

	private final Map<String, WriteCounts> before = new HashMap<>();

	/**
	 * Create a sequence.
	 * @param application the application
	 * @param seed decides everything
	 * @param firstId the first id of its rows
	 */
	Run(Application application, long seed, long firstId) {
		SplittableRandom random = new SplittableRandom(seed);
		this.application = application;
		this.plan = new Plan(random.nextLong());
		this.rows = new Rows(application.others(), application.setup());
		int count = 1 + random.nextInt(3);
		for (int i = 0; i < count; i++) {
			this.writers.add(new Writer(application, this.rows, this.plan, firstId + i * IDS, 8 + random.nextInt(12),
					random.split()));
		}
	}

	/**
	 * Run the writers, and check what they leave.
	 * @param executor runs the writers
	 * @throws Violation if something contradicts what is promised
	 */
	void run(ExecutorService executor) {
		CACHES.forEach((name) -> this.before.put(name, pending(name).counts()));
		this.application.faults().begin(this.plan);
		try {
			CompletableFuture
				.allOf(this.writers.stream()
					.map((writer) -> CompletableFuture.runAsync(writer, executor))
					.toArray(CompletableFuture[]::new))
				.get(60, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw violation(ex);
		}
		finally {
			this.application.faults().end();
		}
		this.application.faults().count(this.plan);
		await("the pool", this.application::hasConnection);
		drain("after the failures");
		this.application.renewConnections();
		await("a new connection", this.application::hasConnection);
		CACHES.forEach(this::checkRows);
		checkNothingTaken();
		replay();
		writeOnceMore();
		checkNothingTaken();
		cleanUp();
	}

	private static Violation violation(Exception ex) {
		Throwable cause = (ex.getCause() instanceof CompletionException completion) ? completion.getCause()
				: ex.getCause();
		return (cause instanceof Violation violation) ? violation
				: new Violation("A writer met what it should not: " + ex, (cause != null) ? cause : ex);
	}

	private ManagedPolicyCache cache(String name) {
		return this.application.cache(name);
	}

	private PendingWrites pending(String name) {
		cache(name).flush(Duration.ofSeconds(1));
		return Objects.requireNonNull(cache(name).findPendingWrites());
	}

	private void drain(String when) {
		FlushReport report = this.application.manager().flush(TIMEOUT);
		if (report.remaining() > 0) {
			throw new Violation("A flush %s ended with %s; %s; %s".formatted(when, report,
					CACHES.stream().map((name) -> name + ": " + pending(name).status()).toList(),
					CACHES.stream().map((name) -> name + ": " + pending(name).keys()).toList()));
		}
	}

	private void checkRows(String cache) {
		for (Writer writer : this.writers) {
			writer.histories(cache).forEach((id, history) -> check(writer, cache, id, history));
		}
	}

	private void check(Writer writer, String cache, Long id, History history) {
		DeadLetter letter = writer.letter(cache, id);
		if (letter != null) {
			String text = Rows.textOf(letter.value());
			if (!Objects.equals(text, history.lastText()) && !history.open().contains(text)) {
				throw new Violation("%s has the text '%s': %s".formatted(letter, text, history), letter.reason());
			}
			if (this.plan.isInnocent() && !history.isUnclear()
					&& Duration.between(letter.firstFailure(), letter.lastFailure()).compareTo(PATIENCE) < 0) {
				throw new Violation("No failure was that of a row, and there is %s: %s".formatted(letter, history),
						letter.reason());
			}
			if (letter.kind() == DeadLetter.Kind.CONFLICT && !history.isUnclear()) {
				throw new Violation("Nobody else wrote, and there is %s: %s".formatted(letter, history),
						letter.reason());
			}
		}
		String row = this.rows.find(cache, id);
		history.checkLatest("In the end the row", row, letter != null);
		checkRead(cache, id, row, "an entry");
		cache(cache).evict(id);
		checkRead(cache, id, row, "no entry");
	}

	private void checkRead(String cache, Long id, @Nullable String row, String how) {
		String read = Rows.textOf(cache(cache).get(id, Object.class));
		if (!Objects.equals(read, row)) {
			throw new Violation(
					"With %s, %d of %s is read as '%s', its row is '%s'".formatted(how, id, cache, read, row));
		}
	}

	/**
	 * Nothing is pending, and there is room again for all that fits.
	 */
	private void checkNothingTaken() {
		for (String name : CACHES) {
			PendingWrites pending = pending(name);
			if (pending.size() > 0) {
				throw new Violation("Of %s %d writes are pending: %s".formatted(name, pending.size(), pending.keys()));
			}
			await("room of " + name, () -> isRoomFree(pending));
			WriteCounts now = pending.counts();
			WriteCounts then = Objects.requireNonNull(this.before.get(name));
			long accepted = now.accepted() - then.accepted();
			long ended = now.coalesced() - then.coalesced() + now.cancelled() - then.cancelled() + now.written()
					- then.written() + now.deadLettered() - then.deadLettered();
			if (accepted != ended) {
				throw new Violation("Of %s %d writes were accepted, and %d ended: %s, %s".formatted(name, accepted,
						ended, then, now));
			}
			checkLog(name);
		}
	}

	private static void await(String what, Callable<Boolean> condition) {
		Awaitility.await(what)
			.atMost(TIMEOUT)
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(1))
			.ignoreExceptions()
			.until(condition);
	}

	private boolean isRoomFree(PendingWrites pending) {
		Map<Object, Object> all = new HashMap<>();
		LongStream.range(0, this.application.setup().maxPending())
			.forEach((id) -> all.put(-1 - id, this.application.newPlace(-1 - id, "")));
		try {
			PendingWrites.Reservation reservation = pending.reserve(all, false);
			if (reservation != null) {
				reservation.cancel();
			}
			return reservation != null;
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

	private void checkLog(String name) {
		MemoryLog log = this.application.code().log(name);
		if (log != null && (!log.mistakes().isEmpty() || log.open() != 0 || !log.values().isEmpty())) {
			throw new Violation("The log of %s has the mistakes %s, %d open entries and %s".formatted(name,
					log.mistakes(), log.open(), log.values()));
		}
	}

	/**
	 * Bring back what was refused: shelves before volumes.
	 */
	private void replay() {
		for (String name : CACHES) {
			PolicyCache cache = cache(name);
			Map<Object, @Nullable String> texts = new HashMap<>();
			for (DeadLetter letter : cache.deadLetters()) {
				texts.put(letter.key(), Rows.textOf(letter.value()));
				if (!cache.replay(letter)) {
					throw new Violation("A dead letter could not be replayed: " + letter);
				}
			}
			drain("after a replay");
			for (DeadLetter letter : cache.deadLetters()) {
				if (letter.kind() != DeadLetter.Kind.REFUSED || !isForeignKey(letter.reason())) {
					throw new Violation("After a replay there is " + letter, letter.reason());
				}
				texts.remove(letter.key());
			}
			texts.forEach((id, text) -> {
				String row = this.rows.find(name, (Long) id);
				if (!Objects.equals(row, text)) {
					throw new Violation("The replay of '%s' left '%s'".formatted(text, row));
				}
				checkRead(name, (Long) id, row, "an entry");
			});
		}
	}

	/**
	 * Return whether a row could not be written for want of another one, or another one
	 * is left that needs it.
	 * @param reason the reason
	 * @return whether the database refused it by a foreign key
	 */
	private static boolean isForeignKey(@Nullable Throwable reason) {
		for (Throwable cause = reason; cause != null; cause = cause.getCause()) {
			if (cause instanceof java.sql.SQLException ex && !"injected".equals(ex.getMessage())
					&& (String.valueOf(ex.getSQLState()).startsWith("2350")
							|| MARIADB_CODES.contains(ex.getErrorCode()))) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Write every row: no key is held, and no version is outdated.
	 */
	private void writeOnceMore() {
		CACHES.forEach((name) -> cache(name).deadLetters().forEach(cache(name)::discard));
		for (Writer writer : this.writers) {
			writer.histories(Application.SHELVES)
				.keySet()
				.forEach((id) -> put(Application.SHELVES, id, this.application.newPlace(id, "last")));
			Long shelf = writer.histories(Application.SHELVES).keySet().iterator().next();
			writer.histories(Application.VOLUMES).keySet().forEach((id) -> {
				Piece found = cache(Application.VOLUMES).get(id, Piece.class);
				Piece volume = (found != null) ? found : this.application.newPiece(id);
				volume.change(this.application.newPlace(shelf, "last"), "last@" + shelf);
				put(Application.VOLUMES, id, volume);
			});
		}
		drain("of the last writes");
		for (String name : CACHES) {
			cache(name).deadLetters().forEach((letter) -> {
				throw new Violation("After the last writes there is " + letter, letter.reason());
			});
			this.writers.forEach((writer) -> writer.histories(name).keySet().forEach((id) -> {
				String row = this.rows.find(name, id);
				if (row == null || !row.startsWith("last")) {
					throw new Violation("The last write of %d of %s is not stored: '%s'".formatted(id, name, row));
				}
				checkRead(name, id, row, "an entry");
			}));
		}
	}

	/**
	 * Write, with the patience of a writer who is refused for want of room.
	 */
	private void put(String name, Long id, Object value) {
		await("a write", () -> {
			cache(name).put(id, value);
			return true;
		});
	}

	private void cleanUp() {
		CACHES.forEach((name) -> cache(name).clear());
	}

	@Override
	public String toString() {
		StringBuilder text = new StringBuilder("%s, %s".formatted(this.application.setup(), this.plan));
		this.writers.forEach((writer) -> text.append("%n%s".formatted(writer)));
		return text.toString();
	}

}
