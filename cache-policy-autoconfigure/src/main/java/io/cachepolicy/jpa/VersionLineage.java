package io.cachepolicy.jpa;

import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import io.cachepolicy.spi.StoreVersions.Lineage;
import org.jspecify.annotations.Nullable;

import org.springframework.util.function.SingletonSupplier;

/**
 * The versions through which deferred writes led each row, from the first one that they
 * met to the last one that they made.
 * <p>
 * An instance with a version inside of that range was outdated by writes of its own cache
 * only, so that writing it is no conflict: it takes the last version. For a write that is
 * not deferred, only those versions count that came after the last such write, whose
 * writers are told of conflicts with each other. An instance without a version says that
 * its writer met no row, so that only the row that is there now can be a conflict: it is
 * none as long as a deferred write inserted that row and only such writes changed it,
 * whatever rows of that id were removed before. A row that another writer changed has a
 * version outside of the range, and is a conflict. Ranges are only extended by writes
 * that start at their end and have been committed, and are forgotten when another write
 * breaks them, when the entry of the row expires or is cleared, and when there are too
 * many: they may take a 64th of the heap. A row that this store deleted keeps its
 * lineage, as far as it can be inserted again. What is forgotten costs a conflict that is
 * reported, never one that is missed.
 */
final class VersionLineage {

	private static final int PART_OF_HEAP = 64;

	private static final int BYTES_OF_RANGE = 150;

	private static final int MINIMUM_BOUND = 10_000;

	/**
	 * How many rows are known after a clear, out of those that were used a moment ago:
	 * requests that are under way may have read them before it, and are about to write.
	 */
	private static final int KEPT = 1000;

	private static final Duration MOMENT = Duration.ofSeconds(10);

	/**
	 * For how long a row is known that nobody writes.
	 */
	private static final Duration EXPIRY = Duration.ofDays(1);

	private final SingletonSupplier<Cache<Object, Range>> ranges = SingletonSupplier.of(() -> Caffeine.newBuilder()
		.maximumSize(bound(Runtime.getRuntime().maxMemory()))
		.expireAfterAccess(EXPIRY)
		.build());

	/**
	 * Return how many rows are known.
	 * @param heap the size of the heap, in bytes
	 * @return the number of rows
	 */
	static long bound(long heap) {
		return Math.max(MINIMUM_BOUND, heap / PART_OF_HEAP / BYTES_OF_RANGE);
	}

	private Cache<Object, Range> ranges() {
		return this.ranges.obtain();
	}

	/**
	 * Return the version that an instance has to have to be written.
	 * @param id the id of the instance
	 * @param version the version of the instance, {@code null} if it was never stored
	 * @return the last version of the row if the given one is part of its lineage, else
	 * the given one
	 */
	@Nullable Object rebase(Object id, @Nullable Object version) {
		Range range = ranges().getIfPresent(id);
		return (range != null && range.contains(version)) ? range.current() : version;
	}

	/**
	 * Return the version that an instance has to have to be written at once: deferred
	 * writes outdate it for no one, other ones do.
	 * @param id the id of the instance
	 * @param version the version of the instance, {@code null} if it was never stored
	 * @return the last version of the row if only deferred writes came after the given
	 * one, else the given one
	 */
	@Nullable Object rebaseForSave(Object id, @Nullable Object version) {
		Range range = ranges().getIfPresent(id);
		return (range != null && range.flushedSince(version)) ? range.current() : version;
	}

	/**
	 * Return whether deferred writes stored the row before.
	 * @param id the id of the row
	 * @return whether the row has a lineage
	 */
	boolean isKnown(Object id) {
		Range range = ranges().getIfPresent(id);
		return range != null && !range.gone();
	}

	/**
	 * Return whether the row was deleted by this store, so that an instance of before is
	 * to be inserted. It counts as part of the lineage of the new row.
	 * @param id the id of the row
	 * @param version the version of the instance
	 * @return whether the row is gone as far as is known
	 */
	boolean isGone(Object id, Object version) {
		Range range = ranges().getIfPresent(id);
		if (range == null || !range.gone()) {
			return false;
		}
		ranges().asMap().computeIfPresent(id, (key, known) -> known.gone() ? known.with(version) : known);
		return true;
	}

	/**
	 * Add a deferred write that was committed.
	 * @param step how it changed the version
	 */
	void flushed(Step step) {
		ranges().asMap()
			.compute(step.id(), (id, range) -> (range != null) ? range.flushed(step) : Range.of(step, null));
	}

	/**
	 * Add any other write of this store that was committed. It extends a lineage, but is
	 * not the start of one.
	 * @param step how it changed the version
	 */
	void saved(Step step) {
		ranges().asMap()
			.computeIfPresent(step.id(), (id, range) -> range.endsWith(step.from()) ? range.saved(step) : null);
	}

	/**
	 * Note rows that were deleted, and may be inserted again by instances of before.
	 * @param ids the ids of the rows
	 */
	void deleted(Collection<?> ids) {
		ids.forEach((id) -> ranges().asMap()
			.compute(id, (key, range) -> (range != null) ? range.deleted() : new Range(null, null, null, null, true)));
	}

	/**
	 * Note a row that a deferred write was stored over, whatever it held. Its lineage
	 * starts before all that it held, as if it had been deleted and inserted.
	 * @param id the id of the row
	 * @param version the version that the write was based on
	 */
	void overwritten(Object id, @Nullable Object version) {
		ranges().asMap().computeIfPresent(id, (key, range) -> range.overwritten(version));
	}

	/**
	 * Return the lineage of a row.
	 * @param id the id of the row
	 * @return the lineage, {@code null} if there is none
	 */
	@Nullable Lineage export(Object id) {
		Range range = ranges().getIfPresent(id);
		return (range != null) ? new Lineage(range.base(), range.current(), range.former(), range.saved(), range.gone())
				: null;
	}

	/**
	 * Take over the lineage of a row, unless it has one.
	 * @param id the id of the row
	 * @param lineage what was {@link #export exported}
	 */
	void seed(Object id, Lineage lineage) {
		ranges().asMap()
			.putIfAbsent(id,
					new Range(lineage.base(), lineage.current(), lineage.former(), lineage.saved(), lineage.gone()));
	}

	/**
	 * Forget all rows but some, and a limited number of those that were used a moment
	 * ago.
	 * @param kept the ids of the rows
	 */
	void forgetAllBut(Collection<Object> kept) {
		Policy.FixedExpiration<Object, Range> ages = ranges().policy().expireAfterAccess().orElseThrow();
		AtomicInteger recent = new AtomicInteger();
		ranges().asMap()
			.keySet()
			.removeIf((id) -> !kept.contains(id) && !(isRecent(ages.ageOf(id)) && recent.incrementAndGet() <= KEPT));
	}

	private static boolean isRecent(Optional<Duration> age) {
		return age.isPresent() && age.get().compareTo(MOMENT) < 0;
	}

	/**
	 * Return how many rows are known.
	 * @return the number of rows
	 */
	long size() {
		return ranges().estimatedSize();
	}

	/**
	 * Forget rows.
	 * @param ids the ids of the rows
	 */
	void forget(Collection<?> ids) {
		ranges().invalidateAll(ids);
	}

	@SuppressWarnings("unchecked")
	static boolean isBefore(Object version, @Nullable Object other) {
		return version instanceof Comparable<?> comparable && version.getClass().isInstance(other)
				&& ((Comparable<Object>) comparable).compareTo(other) < 0;
	}

	/**
	 * How a write changed the version of a row.
	 *
	 * @param id the id of the row
	 * @param from the version that was written, {@code null} for an insert
	 * @param to the version that the row has since
	 */
	record Step(Object id, @Nullable Object from, @Nullable Object to) {

	}

	/**
	 * The versions of one row.
	 *
	 * @param base the first version that was met, {@code null} if the row was inserted
	 * @param current the last version, {@code null} if the entity has none
	 * @param former the last version that was met before the row was deleted and inserted
	 * again
	 * @param saved the last version that a write made which was not deferred, or that was
	 * stored over what another writer left
	 * @param gone whether the row was deleted
	 */
	private record Range(@Nullable Object base, @Nullable Object current, @Nullable Object former,
			@Nullable Object saved, boolean gone) {

		static Range of(Step step, @Nullable Object former) {
			return new Range(step.from(), step.to(), former, null, false);
		}

		boolean contains(@Nullable Object version) {
			if (this.gone || endsWith(version)) {
				return false;
			}
			if (version == null) {
				return this.base == null && this.current != null;
			}
			return version.equals(this.former) || isBefore(version, this.former) || isWithin(version);
		}

		private boolean isWithin(Object version) {
			return isBefore(version, this.current) && (this.base == null || !isBefore(version, this.base));
		}

		boolean flushedSince(@Nullable Object version) {
			if (version == null) {
				return this.saved == null && contains(null);
			}
			return !this.gone && isWithin(version) && (this.saved == null || !isBefore(version, this.saved));
		}

		boolean endsWith(@Nullable Object version) {
			return Objects.equals(this.current, version);
		}

		Range flushed(Step step) {
			if (this.gone) {
				return of(step, this.former);
			}
			return endsWith(step.from()) ? new Range(this.base, step.to(), this.former, this.saved, false)
					: of(step, null);
		}

		Range saved(Step step) {
			Range flushed = flushed(step);
			return new Range(flushed.base, flushed.current, flushed.former, step.to(), false);
		}

		Range deleted() {
			return new Range(null, null, latest(this.current, this.former), null, true);
		}

		Range with(Object version) {
			return new Range(null, null, latest(version, this.former), null, true);
		}

		Range overwritten(@Nullable Object version) {
			Object before = (endsWith(version)) ? this.former : latest(version, this.former);
			return new Range(null, this.current, before, this.current, this.gone);
		}

		private static @Nullable Object latest(@Nullable Object first, @Nullable Object second) {
			return (first == null || isBefore(first, second)) ? second : first;
		}

	}

}
