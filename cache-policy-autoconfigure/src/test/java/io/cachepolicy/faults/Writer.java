package io.cachepolicy.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.WriteNotRecordedException;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.cache.ManagedPolicyCache;
import io.cachepolicy.faults.History.Outcome;
import io.cachepolicy.faults.Library.Change;
import io.cachepolicy.spi.ChangeChannel;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Writes and reads rows of its own, while everything around it fails.
 */
final class Writer implements Runnable {

	private static final int SHELVES = 2;

	private static final int VOLUMES = 4;

	private final Application application;

	private final Rows rows;

	private final Plan plan;

	private final RandomGenerator random;

	private final int steps;

	private final List<Long> shelves;

	/**
	 * The volumes that are written. Of those that are removed with their shelf others
	 * take the place.
	 */
	private final List<Long> volumes;

	private final String mark;

	private long nextVolume;

	private final Library library = new Library();

	private final Map<Long, History> shelfHistories = new LinkedHashMap<>();

	private final Map<Long, History> volumeHistories = new LinkedHashMap<>();

	/**
	 * What was done, for a person.
	 */
	private final List<String> trace = Collections.synchronizedList(new ArrayList<>());

	private int texts;

	/**
	 * Create a writer.
	 * @param application the application
	 * @param rows the rows
	 * @param plan the failures
	 * @param firstId the first id of its rows
	 * @param steps how much it does
	 * @param random decides what
	 */
	Writer(Application application, Rows rows, Plan plan, long firstId, int steps, RandomGenerator random) {
		this.application = application;
		this.rows = rows;
		this.plan = plan;
		this.random = random;
		this.steps = steps;
		this.shelves = LongStream.range(firstId, firstId + SHELVES).boxed().toList();
		this.volumes = new ArrayList<>(LongStream.range(firstId, firstId + VOLUMES).boxed().toList());
		this.nextVolume = firstId + VOLUMES;
		this.mark = "mark " + firstId;
		this.shelves.forEach((id) -> this.shelfHistories.put(id, new History("shelf " + id)));
		this.volumes.forEach((id) -> this.volumeHistories.put(id, new History("volume " + id)));
	}

	Map<Long, History> histories(String cache) {
		return (cache.equals(Application.SHELVES)) ? this.shelfHistories : this.volumeHistories;
	}

	@Override
	public void run() {
		this.application.faults().enter();
		for (int i = 0; i < this.steps; i++) {
			this.plan.step();
			step();
		}
	}

	private void step() {
		long volume = one(this.volumes);
		long shelf = shelfFor(volume);
		switch (this.random.nextInt(20)) {
			case 0, 1 -> putShelf(shelf);
			case 2 -> removeShelf(shelf);
			case 3, 4 -> remove(Application.VOLUMES, volume);
			case 5, 6, 7 -> transaction();
			case 8 -> forget(volume);
			case 9 -> flush();
			case 10 -> replay((this.random.nextBoolean()) ? Application.SHELVES : Application.VOLUMES);
			case 11 -> putAll(shelf);
			case 12 -> clear();
			default -> putVolume(shelf, volume);
		}
		look(Application.SHELVES, shelf);
		look(Application.VOLUMES, volume);
	}

	private <T> T one(List<T> list) {
		return list.get(this.random.nextInt(list.size()));
	}

	/**
	 * Return where to put a volume: always the same if it is removed with it, as a row
	 * that is on its way from one to the other may be removed or not.
	 */
	private long shelfFor(long volume) {
		return (isCascading()) ? this.shelves.get((int) (volume % SHELVES)) : one(this.shelves);
	}

	private boolean isCascading() {
		return this.application.setup().cascading();
	}

	private ManagedPolicyCache cache(String name) {
		return this.application.cache(name);
	}

	private WritePolicy policy() {
		// What is written through does not wait for the removal of its shelf
		return switch (this.random.nextInt(8) + (isCascading() ? 2 : 0)) {
			case 0 -> WritePolicy.WRITE_THROUGH;
			case 1 -> WritePolicy.WRITE_AROUND;
			default -> WritePolicy.WRITE_BACK;
		};
	}

	private String newText() {
		String poison = (this.plan.poison() != null && this.random.nextInt(10) == 0) ? History.POISON : "";
		return poison + "text " + ++this.texts;
	}

	// ---- Writes outside of a transaction ----

	private void putShelf(long id) {
		WritePolicy policy = policy();
		String text = newText();
		write(new Change(Application.SHELVES, id, text, isThrough(policy)),
				() -> cache(Application.SHELVES).withPolicy(policy).put(id, this.application.newPlace(id, text)));
	}

	private void putVolume(long shelf, long id) {
		if (!this.library.hasShelf(shelf)) {
			putShelf(shelf);
		}
		Piece volume = (this.library.hasShelf(shelf)) ? find(id) : null;
		if (volume == null) {
			return;
		}
		boolean marking = isMarking();
		if (marking) {
			freeMark(shelf, id);
		}
		WritePolicy policy = policy();
		String text = change(volume, shelf, marking && this.library.canMark(id));
		write(new Change(Application.VOLUMES, id, text, isThrough(policy)),
				() -> cache(Application.VOLUMES).withPolicy(policy).put(id, volume));
	}

	private boolean isMarking() {
		return !isCascading() && this.random.nextInt(4) == 0;
	}

	/**
	 * Take the mark away from the volume that has it, so that another one can have it.
	 */
	private void freeMark(long shelf, long id) {
		Long marked = this.library.marked();
		if (marked == null || marked == id) {
			return;
		}
		Piece volume = (this.random.nextBoolean()) ? find(marked) : null;
		if (volume == null) {
			remove(Application.VOLUMES, marked);
		}
		else {
			String text = change(volume, shelf, false);
			write(new Change(Application.VOLUMES, marked, text, false),
					() -> cache(Application.VOLUMES).put(marked, volume));
		}
	}

	private String change(Piece volume, long shelf, boolean marked) {
		String text = newText() + ((marked) ? Library.MARK : "") + "@" + shelf;
		volume.change(this.application.newPlace(shelf, "reference"), text, (marked) ? this.mark : null);
		return text;
	}

	/**
	 * Return what is to be changed, with its version.
	 * @param id the id
	 * @return the instance, {@code null} if it could not be read
	 */
	private @Nullable Piece find(long id) {
		try {
			Piece volume = cache(Application.VOLUMES).get(id, Piece.class);
			return (volume != null) ? volume : this.application.newPiece(id);
		}
		catch (Throwable ex) {
			return null;
		}
	}

	private void putAll(long shelf) {
		Map<Object, Object> entries = new LinkedHashMap<>();
		List<Change> changes = new ArrayList<>();
		if (!this.library.hasShelf(shelf)) {
			return;
		}
		for (long id : this.volumes) {
			boolean taking = this.random.nextBoolean() && (!isCascading() || shelfFor(id) == shelf);
			Piece volume = (taking) ? find(id) : null;
			if (volume != null) {
				String text = change(volume, shelf, false);
				entries.put(id, volume);
				changes.add(new Change(Application.VOLUMES, id, text, false));
			}
		}
		Outcome outcome = Outcome.ACCEPTED;
		try {
			cache(Application.VOLUMES).putAll(entries);
		}
		catch (Throwable ex) {
			outcome = Outcome.UNKNOWN;
		}
		this.trace.add("all of %s %s".formatted(changes, outcome));
		for (Change change : changes) {
			apply(change, outcome);
		}
	}

	private void remove(String cache, long id) {
		WritePolicy policy = policy();
		write(new Change(cache, id, null, isThrough(policy)), () -> cache(cache).withPolicy(policy).remove(id));
	}

	private void removeShelf(long id) {
		if (isCascading()) {
			removeWithVolumes(id);
			return;
		}
		this.library.volumesOn(id, this.volumes).forEach((volume) -> remove(Application.VOLUMES, volume));
		if (this.library.volumesOn(id, this.volumes).isEmpty()) {
			remove(Application.SHELVES, id);
		}
	}

	private void removeWithVolumes(long shelf) {
		List<Long> gone = this.library.volumesOn(shelf, this.volumes);
		Outcome outcome = write(new Change(Application.SHELVES, shelf, null, false),
				() -> cache(Application.SHELVES).remove(shelf));
		if (outcome != Outcome.REFUSED) {
			gone.forEach((volume) -> {
				history(Application.VOLUMES, volume).removedWithAnother();
				this.library.lose(volume);
				replaceVolume(volume);
			});
		}
	}

	/**
	 * Let another volume take the place of one: of a row that may be there, a new
	 * instance can't be written.
	 */
	private void replaceVolume(Long volume) {
		long next = this.nextVolume;
		this.nextVolume++;
		this.volumes.set(this.volumes.indexOf(volume), next);
		this.volumeHistories.put(next, new History("volume " + next));
	}

	private static boolean isThrough(WritePolicy policy) {
		return policy != WritePolicy.WRITE_BACK;
	}

	private Outcome write(Change change, Runnable action) {
		int commits = this.application.faults().commits();
		Outcome outcome = Outcome.ACCEPTED;
		try {
			action.run();
		}
		catch (Violation ex) {
			throw ex;
		}
		catch (WriteNotRecordedException ex) {
			outcome = Outcome.UNKNOWN;
		}
		catch (WriteRefusedException ex) {
			outcome = Outcome.REFUSED;
		}
		catch (Throwable ex) {
			boolean open = !change.through() || this.application.faults().commits() > commits;
			outcome = (open) ? Outcome.UNKNOWN : Outcome.REFUSED;
		}
		this.trace.add("%s %s".formatted(change, outcome));
		apply(change, outcome);
		return outcome;
	}

	private void apply(Change change, Outcome outcome) {
		History history = history(change.cache(), change.id());
		history.add(change.text(), outcome);
		this.library.apply(change, outcome);
		if (outcome == Outcome.ACCEPTED && change.through()) {
			history.stored();
		}
	}

	private History history(String cache, Long id) {
		return Objects.requireNonNull(histories(cache).get(id));
	}

	// ---- Transactions ----

	private void transaction() {
		Library before = this.library.copy();
		List<Change> changes = new ArrayList<>();
		AtomicInteger ended = new AtomicInteger(TransactionSynchronization.STATUS_ROLLED_BACK);
		int lost = this.application.faults().lostAnswers();
		try {
			this.application.transaction().executeWithoutResult((status) -> {
				TransactionSynchronizationManager.registerSynchronization(new Callbacks(ended));
				boolean nesting = this.random.nextInt(3) == 0;
				steps(before, changes, !nesting);
				if (nesting) {
					nested(before, changes);
				}
				if (this.random.nextInt(5) == 0) {
					status.setRollbackOnly();
				}
			});
		}
		catch (Violation ex) {
			throw ex;
		}
		catch (Throwable ex) {
			// The callback knows what became of it
		}
		boolean committed = ended.get() == TransactionSynchronization.STATUS_COMMITTED;
		boolean open = ended.get() == TransactionSynchronization.STATUS_UNKNOWN
				|| this.application.faults().lostAnswers() > lost;
		Outcome outcome = (committed) ? Outcome.ACCEPTED : (open) ? Outcome.UNKNOWN : Outcome.REFUSED;
		this.trace.add("transaction of %s %s".formatted(changes, outcome));
		changes.forEach((change) -> apply(change, outcome));
	}

	private void nested(Library state, List<Change> changes) {
		int size = changes.size();
		Library inner = state.copy();
		boolean back = this.random.nextBoolean();
		this.application.nested().executeWithoutResult((status) -> {
			steps(inner, changes, false);
			if (back) {
				status.setRollbackOnly();
			}
		});
		if (back) {
			changes.subList(size, changes.size()).clear();
		}
	}

	/**
	 * Do a few things in a transaction.
	 * @param state what stands where
	 * @param changes what was done
	 * @param managing whether entities are used that are managed: a rollback to a
	 * savepoint leaves them as they are
	 */
	private void steps(Library state, List<Change> changes, boolean managing) {
		int count = 1 + this.random.nextInt(3);
		for (int i = 0; i < count; i++) {
			long id = one(this.volumes);
			long shelf = shelfFor(id);
			WritePolicy policy = policy();
			if (this.random.nextInt(4) == 0) {
				Change change = new Change(Application.VOLUMES, id, null, isThrough(policy));
				cache(Application.VOLUMES).withPolicy(policy).remove(id);
				add(state, changes, change);
			}
			else if (!state.hasShelf(shelf)) {
				String text = newText();
				cache(Application.SHELVES).withPolicy(policy).put(shelf, this.application.newPlace(shelf, text));
				add(state, changes, new Change(Application.SHELVES, shelf, text, isThrough(policy)));
			}
			else {
				Piece volume = cache(Application.VOLUMES).get(id, Piece.class);
				checkOwn(changes, id, (volume != null) ? volume.getText() : null);
				Piece changed = (volume != null) ? volume : this.application.newPiece(id);
				Piece entity = (managing && !isCascading() && this.random.nextInt(3) == 0)
						? this.application.findManaged(id) : null;
				if (entity != null) {
					// JPA stores it at the commit
					changed = entity;
				}
				String text = change(changed, shelf, isMarking() && state.canMark(id));
				cache(Application.VOLUMES).withPolicy(policy).put(id, changed);
				add(state, changes, new Change(Application.VOLUMES, id, text, isThrough(policy)));
			}
		}
	}

	private static void add(Library state, List<Change> changes, Change change) {
		changes.add(change);
		state.apply(change, Outcome.ACCEPTED);
	}

	private static void checkOwn(List<Change> changes, long id, @Nullable String text) {
		for (int i = changes.size() - 1; i >= 0; i--) {
			Change change = changes.get(i);
			if (change.cache().equals(Application.VOLUMES) && change.id() == id) {
				if (!Objects.equals(change.text(), text)) {
					throw new Violation("A transaction did %s and reads '%s'".formatted(change, text));
				}
				return;
			}
		}
	}

	// ---- What changes nothing ----

	private void forget(long volume) {
		switch (this.random.nextInt(4)) {
			case 0 -> {
				this.trace.add("others changed " + volume);
				this.application.code().receive((receiver) -> receiver.changed(Application.VOLUMES, List.of(volume)));
			}
			case 1 -> {
				this.trace.add("others were not heard");
				this.application.code().receive(ChangeChannel.Receiver::lost);
			}
			default -> {
				this.trace.add("evict " + volume);
				cache(Application.VOLUMES).evict(volume);
			}
		}
	}

	private void clear() {
		this.trace.add("clear");
		if (this.random.nextBoolean()) {
			cache(Application.VOLUMES).clear();
		}
		else {
			((com.github.benmanes.caffeine.cache.Cache<?, ?>) cache(Application.SHELVES).getNativeCache())
				.invalidateAll();
		}
	}

	private void flush() {
		FlushReport report = this.application.manager().flush(Duration.ofMillis(1 + this.random.nextInt(12)));
		this.trace.add("flush " + report);
		if (report.remaining() > 0) {
			return;
		}
		for (String cache : List.of(Application.SHELVES, Application.VOLUMES)) {
			histories(cache).forEach((id, history) -> {
				if (letter(cache, id) == null) {
					history.stored();
				}
			});
		}
	}

	@Nullable DeadLetter letter(String cache, Long id) {
		return cache(cache).deadLetters().stream().filter((letter) -> letter.key().equals(id)).findFirst().orElse(null);
	}

	private void replay(String cache) {
		for (Long id : histories(cache).keySet()) {
			DeadLetter letter = letter(cache, id);
			if (letter != null) {
				replay(letter);
			}
		}
	}

	private void replay(DeadLetter letter) {
		Change change = new Change(letter.cache(), (Long) letter.key(), Rows.textOf(letter.value()), false);
		Long shelf = change.shelf();
		if (shelf != null && !this.library.hasShelf(shelf) || change.isMarked() && !this.library.canMark(change.id())) {
			return;
		}
		if (change.text() == null && change.cache().equals(Application.SHELVES)
				&& !this.library.volumesOn(change.id(), this.volumes).isEmpty()) {
			return;
		}
		write(change, () -> {
			if (!cache(letter.cache()).replay(letter)) {
				awaitSuperseded(letter);
				throw new WriteRefusedException("A newer write of the key was pending");
			}
		});
	}

	/**
	 * Where writes do not coalesce, a newer one may wait behind the one that is given up,
	 * and supersedes its dead letter a moment later.
	 */
	private void awaitSuperseded(DeadLetter letter) {
		try {
			Awaitility.await()
				.until(() -> cache(letter.cache()).deadLetters()
					.stream()
					.noneMatch((kept) -> kept.id() == letter.id()));
		}
		catch (ConditionTimeoutException ex) {
			throw new Violation("A dead letter could not be replayed: " + letter, ex);
		}
	}

	/**
	 * Read through the cache, and past it.
	 * @param cache the name of the cache
	 * @param id the id
	 */
	private void look(String cache, long id) {
		History history = history(cache, id);
		Object value;
		try {
			PolicyCache policyCache = cache(cache);
			value = policyCache.get(id, Object.class);
		}
		catch (Throwable ex) {
			value = this;
		}
		if (value != this) {
			history.checkLatest("A read", Rows.textOf(value), letter(cache, id) != null);
		}
		if (this.random.nextInt(3) == 0) {
			history.checkRow("The row", this.rows.find(cache, id));
		}
	}

	@Override
	public String toString() {
		return "  writer%n    ".formatted() + String.join("%n    ".formatted(), List.copyOf(this.trace));
	}

	/**
	 * Fails where the application's callbacks run, and tells how the transaction ended.
	 */
	private final class Callbacks implements TransactionSynchronization {

		private final AtomicInteger ended;

		Callbacks(AtomicInteger ended) {
			this.ended = ended;
		}

		@Override
		public void beforeCommit(boolean readOnly) {
			Writer.this.application.faults().hit(Point.BEFORE_COMMIT);
		}

		@Override
		public void afterCommit() {
			Writer.this.application.faults().hit(Point.AFTER_COMMIT);
		}

		@Override
		public void afterCompletion(int status) {
			this.ended.set(status);
		}

	}

}
