package io.cachepolicy.faults;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.cachepolicy.faults.History.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What stands where, as far as its only writer knows: foreign keys are to be kept in the
 * order in which writes are accepted.
 */
final class Library {

	/**
	 * What is in the texts of a volume that has the mark of its writer.
	 */
	static final String MARK = "#";

	private final Set<Long> shelves;

	private final Map<Long, Long> volumes;

	/**
	 * Where a volume may stand because of writes whose outcome is not known.
	 */
	private final Map<Long, Set<Long>> doubtful;

	/**
	 * The volume that has the mark, {@code null} if it is free.
	 */
	private @Nullable Long marked;

	/**
	 * Whether it is not known which volume has the mark.
	 */
	private boolean markLost;

	Library() {
		this(Set.of(), Map.of(), Map.of());
	}

	private Library(Set<Long> shelves, Map<Long, Long> volumes, Map<Long, Set<Long>> doubtful) {
		this.shelves = new HashSet<>(shelves);
		this.volumes = new HashMap<>(volumes);
		this.doubtful = new HashMap<>();
		doubtful.forEach((volume, places) -> this.doubtful.put(volume, new HashSet<>(places)));
	}

	Library copy() {
		Library copy = new Library(this.shelves, this.volumes, this.doubtful);
		copy.marked = this.marked;
		copy.markLost = this.markLost;
		return copy;
	}

	boolean hasShelf(long id) {
		return this.shelves.contains(id);
	}

	/**
	 * Return the volume that has the mark.
	 * @return its id, {@code null} if the mark is free
	 */
	@Nullable Long marked() {
		return this.marked;
	}

	/**
	 * Return whether a volume can be given the mark, which no other one has.
	 * @param volume the volume
	 * @return whether it is free, or that volume's
	 */
	boolean canMark(long volume) {
		return !this.markLost && (this.marked == null || this.marked == volume);
	}

	/**
	 * A volume goes with its shelf.
	 * @param volume the volume
	 */
	void lose(Long volume) {
		this.volumes.remove(volume);
		this.doubtful.remove(volume);
	}

	/**
	 * Return the volumes that may stand on a shelf.
	 * @param shelf the shelf
	 * @param volumes the volumes to look at
	 * @return those that are to be removed before the shelf
	 */
	List<Long> volumesOn(long shelf, List<Long> volumes) {
		return volumes.stream().filter((volume) -> mayStandOn(volume, shelf)).toList();
	}

	private boolean mayStandOn(Long volume, long shelf) {
		Long place = this.volumes.get(volume);
		return (place != null && place == shelf) || this.doubtful.getOrDefault(volume, Set.of()).contains(shelf);
	}

	/**
	 * Take over a change.
	 * @param change the change
	 * @param outcome what the writer was told
	 */
	void apply(Change change, Outcome outcome) {
		if (outcome == Outcome.REFUSED) {
			return;
		}
		Long shelf = change.shelf();
		if (change.cache().equals(Application.SHELVES)) {
			if (change.text() == null) {
				this.shelves.remove(change.id());
			}
			else if (outcome == Outcome.ACCEPTED) {
				this.shelves.add(change.id());
			}
		}
		else if (outcome == Outcome.ACCEPTED) {
			this.doubtful.remove(change.id());
			this.volumes.remove(change.id());
			if (shelf != null) {
				this.volumes.put(change.id(), shelf);
			}
			if (change.isMarked()) {
				this.marked = change.id();
			}
			else if (change.id().equals(this.marked)) {
				this.marked = null;
			}
		}
		else {
			this.markLost |= change.isMarked() || change.id().equals(this.marked);
			doubt(change.id(), shelf);
		}
	}

	private void doubt(Long volume, @Nullable Long shelf) {
		if (shelf != null) {
			this.doubtful.computeIfAbsent(volume, (id) -> new HashSet<>()).add(shelf);
		}
	}

	/**
	 * A change of a row.
	 *
	 * @param cache the name of the cache
	 * @param id the id
	 * @param text the new text, {@code null} if the row is removed
	 * @param through whether the change is stored at once
	 */
	record Change(String cache, Long id, @Nullable String text, boolean through) {

		/**
		 * Return the shelf on which a volume is to stand, which its text says.
		 * @return the id, {@code null} if there is none
		 */
		@Nullable Long shelf() {
			return (this.text != null && this.text.contains("@"))
					? Long.valueOf(this.text.substring(this.text.indexOf('@') + 1)) : null;
		}

		boolean isMarked() {
			return this.text != null && this.text.contains(MARK);
		}

		@Override
		public String toString() {
			return "%s %d '%s'%s".formatted(this.cache, this.id, this.text, (this.through) ? " through" : "");
		}

	}

}
