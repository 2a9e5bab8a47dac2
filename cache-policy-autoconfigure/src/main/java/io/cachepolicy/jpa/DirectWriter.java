package io.cachepolicy.jpa;

import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.hibernate.Hibernate;
import org.hibernate.engine.spi.SessionImplementor;
import org.jspecify.annotations.Nullable;

/**
 * Writes in the caller's transaction, or in an own one if there is none.
 * <p>
 * What is written is flushed before a method returns, so that what the database refuses
 * fails there and what it generates is in the returned instance.
 */
final class DirectWriter {

	private final EntityWriter writer;

	private final Supplier<BatchOrder> order;

	private final EntityKeys keys;

	private final EntitySessions sessions;

	private final StoreTransactions transactions;

	private final Snapshots snapshots;

	private final EntityVersions versions;

	private final VersionLineage lineage;

	private final Supplier<@Nullable StatelessWriter> upserts;

	private final UnansweredWrites unanswered;

	/**
	 * Create a writer.
	 * @param writer writes through the repository
	 * @param order yields the order of several rows, which takes long to find out
	 * @param keys the ids
	 * @param sessions the sessions of the thread
	 * @param transactions the transactions
	 * @param snapshots the rows as transactions see them
	 * @param versions the versions of instances
	 * @param lineage the versions of rows
	 * @param upserts yields what writes rows of which the database finds out whether they
	 * exist, {@code null} if they can't be written so
	 * @param unanswered deferred writes of which nobody knows whether they were committed
	 */
	DirectWriter(EntityWriter writer, Supplier<BatchOrder> order, EntityKeys keys, EntitySessions sessions,
			StoreTransactions transactions, Snapshots snapshots, EntityVersions versions, VersionLineage lineage,
			Supplier<@Nullable StatelessWriter> upserts, UnansweredWrites unanswered) {
		this.writer = writer;
		this.order = order;
		this.keys = keys;
		this.sessions = sessions;
		this.transactions = transactions;
		this.snapshots = snapshots;
		this.versions = versions;
		this.lineage = lineage;
		this.upserts = upserts;
		this.unanswered = unanswered;
	}

	/**
	 * Write an instance whose id may still be generated.
	 * @param value the instance, to which its new version is handed back
	 * @return what was stored
	 */
	Object save(Object value) {
		Object id = this.keys.keyOf(value);
		if (id != null) {
			settleUnanswered(List.of(id));
			leaveSnapshot(Map.of(id, value));
		}
		Object current = (id != null && !this.sessions.isManaged(value)) ? catchUpForSave(id, value) : value;
		Object version = this.versions.versionOf(current);
		Object stored = this.transactions.write(() -> readVersion(this.writer.write(id, current)),
				this.sessions::flush);
		handBackVersions(Map.of(value, stored));
		if (id != null) {
			VersionLineage.Step step = new VersionLineage.Step(id, version, this.versions.versionOf(stored));
			this.transactions.afterCommit(() -> this.lineage.saved(step));
		}
		return stored;
	}

	/**
	 * Write an instance whose id may still be generated, in the caller's transaction,
	 * which sends it to the database when it flushes.
	 * @param value the instance
	 * @return the managed instance
	 */
	Object join(Object value) {
		if (this.versions.isRounded() || !this.transactions.isJoining()) {
			return save(value);
		}
		Object id = this.keys.keyOf(value);
		Object current = (id != null && !this.sessions.isManaged(value)) ? catchUpForSave(id, value) : value;
		Object version = this.versions.versionOf(current);
		Object stored = this.transactions.write(() -> this.writer.write(id, current));
		if (id != null) {
			this.transactions.afterCommit(
					() -> this.lineage.saved(new VersionLineage.Step(id, version, this.versions.versionOf(stored))));
		}
		return stored;
	}

	/**
	 * Write instances for which others wait: a version that other such writes outdated is
	 * a conflict.
	 * @param entries the instances by id
	 * @return what was stored
	 */
	Map<Object, Object> saveAll(Map<Object, Object> entries) {
		if (entries.size() > 1) {
			return saveAll(entries, this::catchUpForSave, this.lineage::saved);
		}
		Map.Entry<Object, Object> entry = entries.entrySet().iterator().next();
		this.keys.check(entry.getKey(), entry.getValue());
		return Collections.singletonMap(entry.getKey(), save(entry.getValue()));
	}

	/**
	 * Write instances that were to be deferred: a version that own writes outdated is no
	 * conflict. As a flush would, it leaves it to the database to find out whether plain
	 * rows exist, unless the caller's session knows one of them.
	 * @param entries the instances by id
	 * @return what was stored
	 */
	Map<Object, Object> saveDeferred(Map<Object, Object> entries) {
		prepare(entries);
		StatelessWriter rows = this.upserts.get();
		if (rows != null && rows.accepts(entries.values())
				&& entries.keySet().stream().noneMatch(this.sessions::isLoaded)) {
			return upsertAll(rows, entries);
		}
		return savePrepared(entries, (id, value) -> verified(id, value, this.versions.catchUp(id, value)),
				this.lineage::flushed);
	}

	private Map<Object, Object> upsertAll(StatelessWriter rows, Map<Object, Object> entries) {
		Map<Object, Object> prepared = new LinkedHashMap<>(entries);
		prepared.replaceAll(rows::prepare);
		Map<Object, Object> ordered = this.order.get().parentsFirst(prepared);
		Map<Object, @Nullable Object> before = this.versions.versionsOf(ordered);
		this.transactions.write(() -> {
			// What these rows refer to may not be written yet
			this.sessions.flush();
			return this.sessions.inBatch(ordered.size(), (session) -> {
				rows.writeAll(session, ordered);
				return ordered;
			});
		});
		List<VersionLineage.Step> steps = this.versions.steps(before, ordered);
		this.transactions.afterCommit(() -> steps.forEach(this.lineage::flushed));
		return ordered;
	}

	/**
	 * Write instances over whatever their rows hold. What the caller's session has of
	 * these may be older.
	 * @param entries the instances by id
	 * @return what was stored
	 */
	Map<Object, Object> saveOver(Map<Object, Object> entries) {
		if (this.transactions.isJoining()) {
			this.transactions.write(() -> this.sessions.refresh(entries));
		}
		return saveAll(entries, (id, value) -> this.versions.rebase(id, value,
				() -> this.transactions.write(() -> this.sessions.findVersion(id))), this.lineage::saved);
	}

	private Map<Object, Object> saveAll(Map<Object, Object> entries, BinaryOperator<Object> catchUp,
			Consumer<VersionLineage.Step> committed) {
		prepare(entries);
		return savePrepared(entries, catchUp, committed);
	}

	private void prepare(Map<Object, Object> entries) {
		entries.forEach(this.keys::check);
		settleUnanswered(entries.keySet());
		leaveSnapshot(entries);
	}

	private Map<Object, Object> savePrepared(Map<Object, Object> entries, BinaryOperator<Object> catchUp,
			Consumer<VersionLineage.Step> committed) {
		Map<Object, Object> current = new LinkedHashMap<>(entries);
		current.replaceAll((id, value) -> this.sessions.isManaged(value) ? value : catchUp.apply(id, value));
		Map<Object, @Nullable Object> versions = this.versions.versionsOf(current);
		Map<Object, Object> stored = this.transactions.write(() -> writeAll(current));
		Map<Object, Object> storedByValue = new IdentityHashMap<>();
		entries.forEach((id, value) -> storedByValue.put(value, stored.get(id)));
		handBackVersions(storedByValue);
		List<VersionLineage.Step> steps = this.versions.steps(versions, stored);
		this.transactions.afterCommit(() -> steps.forEach(committed));
		return stored;
	}

	private Map<Object, Object> writeAll(Map<Object, Object> entries) {
		Map<Object, Object> ordered = this.order.get().parentsFirst(entries);
		Map<Object, Object> stored = this.sessions.inBatch(ordered.size(),
				(session) -> this.writer.writeAll(session, ordered));
		if (this.versions.isRounded()) {
			this.sessions.readVersions(this.sessions.getCurrent(), stored);
		}
		return stored;
	}

	private Object readVersion(Object stored) {
		if (this.versions.isRounded()) {
			SessionImplementor session = this.sessions.getCurrent();
			session.flush();
			this.sessions.readVersions(session, Map.of(Objects.requireNonNull(this.keys.keyOf(stored)), stored));
		}
		return stored;
	}

	/**
	 * Find out what became of deferred writes whose answer was lost. That takes a
	 * connection, of which a transaction of the caller has one already.
	 * @param ids the ids of the rows
	 */
	private void settleUnanswered(Collection<Object> ids) {
		if (!this.transactions.isJoining()) {
			this.unanswered.settle(ids);
		}
	}

	private void leaveSnapshot(Map<Object, Object> entries) {
		if (this.transactions.isJoining()) {
			this.transactions.write(() -> {
				this.snapshots.leave(entries);
				return entries;
			});
		}
	}

	private Object catchUpForSave(Object id, Object value) {
		return verified(id, value, this.versions.catchUpForSave(id, value));
	}

	/**
	 * Check what is known of a row by looking at it, as a conflict would end the caller's
	 * transaction.
	 * @param id the id
	 * @param value the value
	 * @param current the value as the row's lineage wants it
	 * @return that value, or the given one if another writer changed the row, or may have
	 */
	private Object verified(Object id, Object value, Object current) {
		if (current == value) {
			return value;
		}
		Optional<Object> row = this.transactions.write(() -> this.sessions.findVersion(id));
		Optional<Object> expected = Optional.ofNullable(this.versions.versionOf(current))
			.filter((version) -> !Boolean.TRUE.equals(this.versions.isUnsaved(current)));
		if (row.equals(expected)) {
			return current;
		}
		if (!this.unanswered.contains(id)) {
			this.lineage.forget(List.of(id));
		}
		return value;
	}

	/**
	 * Set the new versions on the instances that were written, so that their holder can
	 * write them once more; the old ones again if the transaction rolls back.
	 * @param storedByValue what was stored by what was written
	 */
	private void handBackVersions(Map<Object, Object> storedByValue) {
		if (!this.versions.isVersioned()) {
			return;
		}
		Map<Object, @Nullable Object> before = new IdentityHashMap<>();
		storedByValue.forEach((value, stored) -> {
			Object version = this.versions.versionOf(stored);
			if (value != stored && version != null && Hibernate.isInitialized(value)) {
				before.put(value, this.versions.versionOf(value));
				this.versions.setVersion(value, version);
			}
		});
		if (!before.isEmpty()) {
			this.transactions.afterRollback(() -> before.forEach(this.versions::setVersion));
		}
	}

}
