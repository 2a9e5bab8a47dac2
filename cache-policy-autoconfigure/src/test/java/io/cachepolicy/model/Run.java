package io.cachepolicy.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.testsupport.MemoryLog;
import io.cachepolicy.testsupport.Outage;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * One run of a sequence, on keys of its own: does each step to the cache and to the
 * model, and compares what is seen.
 */
final class Run {

	static final Duration TIMEOUT = Duration.ofSeconds(20);

	private static final Duration WHILE_AWAY = Duration.ofMillis(3);

	private final Application application;

	private final Sequence sequence;

	private final Setup setup;

	private final long firstKey;

	private final Conditions conditions = new Conditions();

	private final List<KeyModel> keys;

	private PolicyCache cache;

	private boolean stopped;

	private int texts;

	Run(Application application, Sequence sequence) {
		this.application = application;
		this.sequence = sequence;
		this.setup = sequence.setup();
		this.firstKey = application.newKeys(Sequence.KEYS);
		this.cache = application.cache(this.setup);
		this.keys = IntStream.range(0, Sequence.KEYS)
			.mapToObj((key) -> new KeyModel(this.setup, this.conditions))
			.toList();
	}

	/**
	 * Run all steps, then drain.
	 * @throws Violation if something contradicts the model
	 */
	void run() {
		try {
			// Flushes try again until it is over
			this.application.faults().begin(this.firstKey);
			for (Step step : this.sequence.steps()) {
				step.run(this);
				checkPending();
				if (this.sequence.reading() == Sequence.Reading.EVERYTHING) {
					IntStream.range(0, Sequence.KEYS).forEach(this::get);
				}
			}
			drain();
		}
		catch (Violation ex) {
			cleanUp();
			throw ex;
		}
		catch (RuntimeException ex) {
			cleanUp();
			throw new Violation("Unexpected: " + ex, ex);
		}
	}

	PolicyCache cache() {
		return this.cache;
	}

	KeyModel model(int key) {
		return this.keys.get(key);
	}

	Application application() {
		return this.application;
	}

	boolean isAway() {
		return this.conditions.isAway();
	}

	long id(int key) {
		return this.firstKey + key;
	}

	private void touched(int key) {
		if (this.sequence.reading() == Sequence.Reading.TOUCHED) {
			get(key);
		}
	}

	// ---- Reads ----

	void get(int key) {
		read(key);
	}

	private @Nullable Known read(int key) {
		Row row;
		try {
			row = this.cache.get(id(key), Row.class);
		}
		catch (RuntimeException ex) {
			model(key).readFailed(ex);
			return null;
		}
		return seen(key, row);
	}

	/**
	 * Compare what was read.
	 * @param key the key
	 * @param row what was read
	 * @return an instance to be changed and written
	 */
	Known seen(int key, @Nullable Row row) {
		Value value = model(key).read(textOf(row));
		return new Known((row != null) ? row : this.setup.newRow(id(key)), value);
	}

	static @Nullable String textOf(@Nullable Row row) {
		return (row != null) ? row.getText() : null;
	}

	void getAll() {
		List<Long> ids = IntStream.range(0, Sequence.KEYS).mapToObj(this::id).toList();
		Map<Object, Object> rows;
		try {
			rows = this.cache.getAll(ids);
		}
		catch (RuntimeException ex) {
			if (!isAway()) {
				throw ex;
			}
			return;
		}
		for (int key = 0; key < Sequence.KEYS; key++) {
			Row row = (Row) rows.get(id(key));
			model(key).read(textOf(row));
			if (row != null) {
				row.setText("changed by a reader");
			}
		}
	}

	// ---- Writes ----

	String newText(String prefix) {
		return prefix + ++this.texts;
	}

	boolean isThrough(WritePolicy policy) {
		return this.stopped || policy != WritePolicy.WRITE_BACK;
	}

	void put(int key, String text, WritePolicy policy) {
		Known known = read(key);
		if (known != null) {
			put(key, known, text, policy);
			touched(key);
		}
	}

	private void put(int key, Known known, String text, WritePolicy policy) {
		Value value = known.value().with(newText(text));
		known.row().setText(Objects.requireNonNull(value.text()));
		write(key, value, policy, () -> this.cache.withPolicy(policy).put(id(key), known.row()));
		known.row().setText("changed after the write");
	}

	void remove(int key, WritePolicy policy) {
		write(key, model(key).removal(), policy, () -> this.cache.withPolicy(policy).remove(id(key)));
		touched(key);
	}

	private void write(int key, Value value, WritePolicy policy, Runnable action) {
		boolean full = mayBeFull(1);
		try {
			action.run();
		}
		catch (RuntimeException ex) {
			failed(key, value, policy, full, ex);
			return;
		}
		if (isThrough(policy)) {
			model(key).writtenThrough(value);
		}
		else {
			model(key).deferred(value, full && this.setup.overflowsThrough());
		}
	}

	private void failed(int key, Value value, WritePolicy policy, boolean full, RuntimeException failure) {
		if (isThrough(policy)) {
			model(key).writeThroughFailed(value, failure);
			return;
		}
		checkRefusal(full, failure);
		if (this.setup.overflowsThrough()) {
			model(key).writeThroughFailed(value, failure);
		}
	}

	private void checkRefusal(boolean full, RuntimeException failure) {
		if (!full || !(this.setup.overflowsThrough() || failure instanceof WriteRefusedException)) {
			throw new Violation("A write was refused although there was room", failure);
		}
	}

	/**
	 * Return whether there may be no room for further writes.
	 * @param count how many
	 * @return whether a deferred write may be refused or written through
	 */
	boolean mayBeFull(int count) {
		return sum(KeyModel::maxPending) + count > this.setup.maxPending();
	}

	private int sum(ToIntFunction<KeyModel> pending) {
		return this.keys.stream().mapToInt(pending).sum();
	}

	void putAll(List<Integer> keys, String text) {
		Map<Integer, Value> values = new LinkedHashMap<>();
		Map<Object, Object> rows = new LinkedHashMap<>();
		for (int key : keys) {
			Known known = read(key);
			if (known != null) {
				Value value = known.value().with(newText(text));
				known.row().setText(Objects.requireNonNull(value.text()));
				values.put(key, value);
				rows.put(id(key), known.row());
			}
		}
		boolean full = mayBeFull(values.size());
		try {
			this.cache.putAll(rows);
		}
		catch (RuntimeException ex) {
			checkRefusal(full, ex);
			values.forEach((key, value) -> model(key).perhapsDeferred(value));
			return;
		}
		values.forEach((key, value) -> model(key).deferred(value, full && this.setup.overflowsThrough()));
		values.keySet().forEach(this::touched);
	}

	void removeAndPut(int key, boolean flush) {
		Known known = read(key);
		if (known == null) {
			return;
		}
		remove(key, WritePolicy.WRITE_BACK);
		if (flush) {
			flush(false);
		}
		if (!known.value().isAbsent()) {
			put(key, known, "again", WritePolicy.WRITE_BACK);
			touched(key);
		}
	}

	void putLate(int key) {
		Known known = read(key);
		if (known != null) {
			put(key, "early", WritePolicy.WRITE_BACK);
			flush(false);
			put(key, known, "late", WritePolicy.WRITE_BACK);
			touched(key);
		}
	}

	void transaction(List<Step> steps, boolean commits, boolean watched) {
		new TransactionRun(this, this.setup).run(steps, commits, watched);
		IntStream.range(0, Sequence.KEYS).forEach(this::touched);
	}

	// ---- Forgetting ----

	void evict(int key) {
		this.cache.evict(id(key));
		model(key).forgotten();
		touched(key);
	}

	void clear(boolean natively) {
		if (natively) {
			((com.github.benmanes.caffeine.cache.Cache<?, ?>) this.cache.getNativeCache()).invalidateAll();
		}
		else {
			this.cache.clear();
		}
		this.keys.forEach(KeyModel::forgotten);
	}

	void expire() {
		this.application.pass(Duration.ofHours(2));
	}

	// ---- Flushes ----

	void flush(boolean losesAnswer) {
		if (isAway()) {
			FlushReport report = this.cache.flush(WHILE_AWAY);
			if (report.remaining() < sum(KeyModel::minPending)) {
				throw new Violation(
						"%s, but at least %d writes are pending".formatted(report, sum(KeyModel::minPending)));
			}
			return;
		}
		this.application.outage().loseNextAnswer(losesAnswer && !this.setup.versioned());
		FlushReport report = this.cache.flush(TIMEOUT);
		this.application.outage().loseNextAnswer(false);
		if (report.remaining() > 0) {
			throw new Violation("A flush of a database that was there ended with " + report);
		}
		this.conditions.flushed();
		this.keys.forEach(KeyModel::drained);
	}

	private void checkPending() {
		long pending = this.cache.pendingWrites();
		if (pending < sum(KeyModel::minPending) || pending > this.setup.maxPending()) {
			throw new Violation("%d writes are pending, between %d and %d are possible".formatted(pending,
					sum(KeyModel::minPending), this.setup.maxPending()));
		}
	}

	void replay(int key) {
		DeadLetter letter = letter(key);
		if (letter == null || (isAway() && this.setup.versioned())) {
			// A replay asks for the version of the row
			return;
		}
		Value value = model(key).replayed(textOf((Row) letter.value()));
		write(key, value, WritePolicy.WRITE_BACK, () -> {
			if (!this.cache.replay(letter)) {
				throw new Violation("A dead letter could not be replayed: " + letter);
			}
		});
		letter(key);
		touched(key);
	}

	void discard(int key) {
		DeadLetter letter = letter(key);
		if (letter != null && !this.cache.discard(letter)) {
			throw new Violation("A dead letter could not be discarded: " + letter);
		}
		model(key).discarded();
		letter(key);
	}

	/**
	 * Look at the dead letter of a key.
	 */
	private @Nullable DeadLetter letter(int key) {
		quiesce();
		List<DeadLetter> letters = this.cache.deadLetters()
			.stream()
			.filter((letter) -> letter.key().equals(id(key)))
			.toList();
		if (letters.size() > 1) {
			throw new Violation("One key has several dead letters: " + letters);
		}
		DeadLetter letter = (!letters.isEmpty()) ? letters.get(0) : null;
		model(key).letter(letter != null, (letter != null) ? textOf((Row) letter.value()) : null);
		return letter;
	}

	// ---- The database ----

	void beginOutage(Outage.Kind kind) {
		this.application.outage().begin(kind);
		this.application.outage().awaitTransactions();
		this.conditions.outage(kind);
		this.keys.forEach(KeyModel::settle);
	}

	void endOutage() {
		this.application.outage().end();
		this.conditions.outage(null);
		this.keys.forEach(KeyModel::settle);
	}

	void check(boolean active) {
		this.application.others().update("update checks set active = ?", active);
		this.conditions.checking(active);
		this.keys.forEach(KeyModel::settle);
	}

	void otherInserts(int key) {
		quiesce();
		String text = newText("other");
		// No version of a row that was deleted, whose instances would fit by chance
		String columns = (this.setup.versioned()) ? "(id, text, version) values (?, ?, %d)".formatted(1000 * this.texts)
				: "(id, text) values (?, ?)";
		int count = this.application.others()
			.update("insert into %s %s on conflict do nothing".formatted(this.setup.table(), columns), id(key), text);
		changedByOther(key, count, Value::isAbsent, text);
	}

	void otherUpdates(int key) {
		quiesce();
		String version = (this.setup.versioned()) ? ", version = version + 1" : "";
		String text = newText("other");
		int count = this.application.others()
			.update("update %s set text = ?%s where id = ?".formatted(this.setup.table(), version), text, id(key));
		changedByOther(key, count, (row) -> !row.isAbsent(), text);
	}

	void otherDeletes(int key) {
		quiesce();
		int count = this.application.others()
			.update("delete from %s where id = ? and text not like 'kept%%'".formatted(this.setup.table()), id(key));
		changedByOther(key, count, (row) -> !row.isAbsent() && !row.isKept(), null);
	}

	/**
	 * Change a row without the cache, which sees it nevertheless: in its transaction at
	 * once, then everybody, as the entry is dropped.
	 */
	void bypass(int key, BypassRun.Way way, boolean commits) {
		if (isAway()) {
			return;
		}
		quiesce();
		String text = newText("bypass");
		Boolean found = this.application.transaction().execute((status) -> {
			BypassRun bypass = new BypassRun(this.application.manager(), this.setup, id(key), text);
			boolean changed = bypass.run(way, 1000 * this.texts);
			if (changed) {
				checkBypass(key, (way.removes()) ? null : text, way);
			}
			if (!commits) {
				status.setRollbackOnly();
			}
			return changed;
		});
		if (!commits) {
			return;
		}
		Predicate<Value> wanted = (way == BypassRun.Way.INSERT) ? Value::isAbsent
				: (row) -> !row.isAbsent() && !(way.removes() && row.isKept());
		model(key).changedByOther(Boolean.TRUE.equals(found), wanted, (way.removes()) ? null : text);
		if (Boolean.TRUE.equals(found)) {
			model(key).forgotten();
		}
		touched(key);
	}

	private void checkBypass(int key, @Nullable String text, BypassRun.Way way) {
		if (way == BypassRun.Way.REMOVE) {
			this.application.manager().flush();
		}
		String seen = textOf(this.cache.get(id(key), Row.class));
		if (!Objects.equals(seen, text)) {
			throw new Violation("The transaction wrote %s around the cache, and read %s".formatted(text, seen));
		}
	}

	/**
	 * Leave no flush under way: it is not known whether it comes before or after what
	 * another writer does, and its write is seen a moment longer than it is pending.
	 */
	private void quiesce() {
		if (!isAway()) {
			flush(false);
		}
	}

	private void changedByOther(int key, int count, Predicate<Value> wanted, @Nullable String text) {
		model(key).changedByOther(count > 0, wanted, text);
		touched(key);
	}

	// ---- Stop and start ----

	void stopAndStart(int key) {
		this.application.stopCaches((isAway()) ? WHILE_AWAY : TIMEOUT);
		this.stopped = true;
		if (!isAway()) {
			this.keys.forEach(KeyModel::drained);
		}
		put(key, "stopped", WritePolicy.WRITE_BACK);
		this.application.startCaches();
		this.stopped = false;
	}

	void restart() {
		endOutage();
		this.application.restart();
		this.cache = this.application.cache(this.setup);
		this.keys.forEach(KeyModel::restarted);
	}

	private void drain() {
		endOutage();
		flush(false);
		for (int key = 0; key < Sequence.KEYS; key++) {
			model(key).row(row(key));
			letter(key);
			get(key);
			evict(key);
			get(key);
		}
		Awaitility.await()
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(2))
			.until(() -> this.cache.pendingWrites() == 0);
		checkLog();
		discardAll(this.cache.deadLetters());
		check(true);
	}

	private void checkLog() {
		MemoryLog log = this.application.log(this.setup);
		if (log != null && (!log.mistakes().isEmpty() || log.open() != 0 || !log.values().isEmpty())) {
			throw new Violation("The log of pending writes has %s, %d open entries and %s".formatted(log.mistakes(),
					log.open(), log.values()));
		}
	}

	private @Nullable String row(int key) {
		return this.application.others()
			.queryForList("select text from %s where id = ?".formatted(this.setup.table()), String.class, id(key))
			.stream()
			.findFirst()
			.orElse(null);
	}

	private void discardAll(Collection<DeadLetter> letters) {
		letters.forEach(this.cache::discard);
	}

	/**
	 * Leave nothing behind for the next run.
	 */
	private void cleanUp() {
		this.application.outage().end();
		this.application.startCaches();
		this.application.others().update("update checks set active = true");
		if (this.cache.flush(Duration.ofSeconds(2)).remaining() > 0) {
			this.application.restart();
		}
		discardAll(new ArrayList<>(this.application.cache(this.setup).deadLetters()));
	}

	/**
	 * An instance, and what the model knows of it.
	 *
	 * @param row the instance
	 * @param value what was read
	 */
	record Known(Row row, Value value) {

	}

}
