package io.cachepolicy.jpa;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.cachepolicy.spi.Absent;
import org.hibernate.Hibernate;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * Deferred writes whose transaction failed when it was to be committed, as when the
 * connection breaks: nobody knows whether it was. The next write of a row finds out, or
 * else it would take what it wrote itself for the work of another writer.
 * <p>
 * A row is taken for one's own if it has the version and the state that were to be
 * committed. Any other row is left to the check of its version.
 */
final class UnansweredWrites {

	/**
	 * Many batches: after the first ones that fail, the store is away.
	 */
	private static final int MAXIMUM_SIZE = 10_000;

	/**
	 * For how long it is remembered that a write was not answered which nobody tries
	 * again.
	 */
	private static final Duration EXPIRY = Duration.ofDays(1);

	private static final Duration PRECISION = Duration.ofMillis(1);

	private final EntityPersister persister;

	private final EntitySessions sessions;

	private final StoreTransactions transactions;

	private final EntityVersions versions;

	private final VersionLineage lineage;

	private final Cache<Object, Attempt> attempts = Caffeine.newBuilder()
		.maximumSize(MAXIMUM_SIZE)
		.expireAfterAccess(EXPIRY)
		.build();

	private final Map<Object, Object> recovered = new ConcurrentHashMap<>();

	/**
	 * Whether nothing was ever added. It never becomes true again, as others may add
	 * something at the same time.
	 */
	private volatile boolean empty = true;

	UnansweredWrites(EntityPersister persister, EntitySessions sessions, StoreTransactions transactions,
			EntityVersions versions, VersionLineage lineage) {
		this.persister = persister;
		this.sessions = sessions;
		this.transactions = transactions;
		this.versions = versions;
		this.lineage = lineage;
	}

	/**
	 * Add writes of which nobody knows whether they were committed.
	 * @param steps how they change versions
	 * @param stored what was to be committed, by id
	 */
	void add(List<VersionLineage.Step> steps, Map<Object, Object> stored) {
		steps.forEach((step) -> this.attempts.put(step.id(),
				new Attempt(step, Objects.requireNonNull(stored.get(step.id())))));
		if (!steps.isEmpty()) {
			this.empty = false;
		}
	}

	/**
	 * Add writes that were pending when an earlier process ended, and may be in the
	 * store.
	 * @param values the values by id, those of removals left out of account
	 */
	void addRecovered(Map<Object, Object> values) {
		values.forEach((id, value) -> {
			if (!Absent.is(value)) {
				this.recovered.put(id, value);
				this.empty = false;
			}
		});
	}

	/**
	 * Find out which of the writes were committed, and let them be part of the lineage of
	 * their rows.
	 * @param ids the ids of rows that are about to be written
	 */
	void settle(Collection<Object> ids) {
		if (this.empty) {
			return;
		}
		List<Object> unanswered = ids.stream().filter(this::isUnanswered).toList();
		if (!unanswered.isEmpty()) {
			// Not before the transaction has ended: if that fails, they are asked for
			// again
			List<VersionLineage.Step> committed = this.transactions
				.writeAlone(() -> this.sessions.inBatch(unanswered.size(), (session) -> {
					List<VersionLineage.Step> steps = new ArrayList<>();
					this.sessions.findAll(session, unanswered).forEach((row) -> settle(row, steps));
					return steps;
				}));
			committed.forEach(this.lineage::flushed);
			this.attempts.invalidateAll(unanswered);
			this.recovered.keySet().removeAll(unanswered);
		}
	}

	/**
	 * Return whether {@link #settle} has something to find out.
	 * @param ids the ids of rows
	 * @return whether nobody knows of a write of one of them whether it was committed
	 */
	boolean containsAny(Collection<Object> ids) {
		return !this.empty && ids.stream().anyMatch(this::isUnanswered);
	}

	/**
	 * Return whether a deferred write of a row may have been committed.
	 * @param id the id of the row
	 * @return whether nobody knows
	 */
	boolean contains(Object id) {
		return !this.empty && isUnanswered(id);
	}

	private boolean isUnanswered(Object id) {
		return this.attempts.getIfPresent(id) != null || this.recovered.containsKey(id);
	}

	private void settle(Object row, List<VersionLineage.Step> steps) {
		Object id = this.persister.getIdentifier(row);
		Attempt attempt = this.attempts.getIfPresent(id);
		if (attempt != null && hasVersion(row, attempt.step().to()) && isSame(attempt.stored(), row)) {
			steps.add(attempt.step());
		}
		Object recovered = this.recovered.get(id);
		if (recovered != null && isSame(recovered, row)) {
			settleRecovered(id, recovered, row, steps);
		}
	}

	/**
	 * Settle a write that an earlier process may have stored, with a version that it made
	 * of the one that is known.
	 * @param id the id
	 * @param value the value that was to be stored
	 * @param row the row, which has the same state
	 * @param steps takes how the version was changed
	 */
	private void settleRecovered(Object id, Object value, Object row, List<VersionLineage.Step> steps) {
		Object current = this.versions.catchUp(id, value);
		boolean unsaved = Boolean.TRUE.equals(this.versions.isUnsaved(current));
		Object from = (unsaved) ? null : this.versions.versionOf(current);
		Object to = this.versions.versionOf(row);
		if (this.versions.hasLineage(current) && this.versions.isNext(from, to)) {
			steps.add(new VersionLineage.Step(id, from, to));
		}
	}

	private boolean hasVersion(Object row, @Nullable Object version) {
		return Objects.equals(version, this.versions.versionOf(row));
	}

	private boolean isSame(Object attempted, Object row) {
		@Nullable Object[] expected = this.persister.getValues(Hibernate.unproxy(attempted));
		@Nullable Object[] actual = this.persister.getValues(Hibernate.unproxy(row));
		Type[] types = this.persister.getPropertyTypes();
		for (int i = 0; i < types.length; i++) {
			if (!types[i].isCollectionType() && i != this.persister.getVersionPropertyIndex()
					&& !isSame(types[i], expected[i], actual[i])) {
				return false;
			}
		}
		return true;
	}

	private boolean isSame(Type type, @Nullable Object expected, @Nullable Object actual) {
		if (expected == null || actual == null) {
			return expected == actual;
		}
		if (expected instanceof Temporal first && actual instanceof Temporal second
				&& first.isSupported(ChronoUnit.NANOS)) {
			// A column keeps fewer digits
			return Duration.between(first, second).abs().compareTo(PRECISION) < 0;
		}
		return type.isEqual(expected, actual, this.persister.getFactory());
	}

	/**
	 * A write that was to be committed.
	 *
	 * @param step how it changes the version
	 * @param stored what was to be committed
	 */
	private record Attempt(VersionLineage.Step step, Object stored) {

	}

}
