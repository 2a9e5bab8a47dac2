package io.cachepolicy.jpa;

import java.time.Duration;
import java.util.Collection;
import java.util.Objects;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jspecify.annotations.Nullable;

/**
 * The versions through which deferred writes led each row, from the first one that they
 * met to the last one that they made.
 * <p>
 * An instance with a version inside of that range was outdated by writes of its own cache
 * only, so that writing it is no conflict: it takes the last version. A row that another
 * writer changed has a version outside of the range, and is a conflict. Ranges are only
 * extended by writes that start at their end and have been committed, and are forgotten
 * when the row is deleted, when another write breaks them, and when there are too many.
 * What is forgotten costs a conflict that is reported, never one that is missed.
 */
final class VersionLineage {

	private static final int MAXIMUM_SIZE = 100_000;

	private static final Duration EXPIRY = Duration.ofHours(1);

	private final Cache<Object, Range> ranges = Caffeine.newBuilder()
		.maximumSize(MAXIMUM_SIZE)
		.expireAfterAccess(EXPIRY)
		.build();

	/**
	 * Return the version that an instance has to have to be written.
	 * @param id the id of the instance
	 * @param version the version of the instance, {@code null} if it was never stored
	 * @return the last version of the row if the given one is part of its lineage, else
	 * the given one
	 */
	@Nullable Object rebase(Object id, @Nullable Object version) {
		Range range = this.ranges.getIfPresent(id);
		return (range != null && range.contains(version)) ? range.current() : version;
	}

	/**
	 * Return whether deferred writes stored the row before.
	 * @param id the id of the row
	 * @return whether the row has a lineage
	 */
	boolean isKnown(Object id) {
		return this.ranges.getIfPresent(id) != null;
	}

	/**
	 * Add a deferred write that was committed.
	 * @param id the id of the row
	 * @param from the version that was written, {@code null} for an insert
	 * @param to the version that the row has since
	 */
	void flushed(Object id, @Nullable Object from, @Nullable Object to) {
		this.ranges.asMap()
			.compute(id,
					(key, range) -> (range != null && range.endsWith(from)) ? range.extend(to) : new Range(from, to));
	}

	/**
	 * Add any other write of this store that was committed. It extends a lineage, but is
	 * not the start of one.
	 * @param id the id of the row
	 * @param from the version that was written, {@code null} for an insert
	 * @param to the version that the row has since
	 */
	void saved(Object id, @Nullable Object from, @Nullable Object to) {
		this.ranges.asMap().computeIfPresent(id, (key, range) -> range.endsWith(from) ? range.extend(to) : null);
	}

	/**
	 * Forget rows that were deleted.
	 * @param ids the ids of the rows
	 */
	void deleted(Collection<?> ids) {
		this.ranges.invalidateAll(ids);
	}

	/**
	 * The versions of one row.
	 *
	 * @param base the first version that was met, {@code null} if the row was inserted
	 * @param current the last version, {@code null} if the entity has none
	 */
	private record Range(@Nullable Object base, @Nullable Object current) {

		boolean contains(@Nullable Object version) {
			if (version == null) {
				return this.base == null && this.current != null;
			}
			return isBefore(version, this.current) && (this.base == null || !isBefore(version, this.base));
		}

		boolean endsWith(@Nullable Object version) {
			return Objects.equals(this.current, version);
		}

		Range extend(@Nullable Object version) {
			return new Range(this.base, version);
		}

		@SuppressWarnings("unchecked")
		private static boolean isBefore(Object version, @Nullable Object other) {
			return version instanceof Comparable<?> comparable && version.getClass().isInstance(other)
					&& ((Comparable<Object>) comparable).compareTo(other) < 0;
		}

	}

}
