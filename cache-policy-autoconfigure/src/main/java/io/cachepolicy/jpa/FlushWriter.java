package io.cachepolicy.jpa;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.cachepolicy.spi.FlushGate;
import io.cachepolicy.spi.ValueCopier;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.OptimisticLockingFailureException;

/**
 * Writes batches of deferred writes, each in a transaction of its own, and keeps the
 * {@link VersionLineage} of their rows.
 */
final class FlushWriter {

	private final BatchMode mode;

	private final EntityWriter merging;

	private final UnsavedReferences references;

	private final StatelessWriter stateless;

	private final EntitySessions sessions;

	private final StoreTransactions transactions;

	private final EntityKeys keys;

	private final BatchOrder order;

	private final EntityVersions versions;

	private final VersionLineage lineage;

	private final UnansweredWrites unanswered;

	private final ValueCopier copier;

	FlushWriter(BatchMode mode, EntityWriter merging, UnsavedReferences references, StatelessWriter stateless,
			EntitySessions sessions, StoreTransactions transactions, EntityKeys keys, BatchOrder order,
			EntityVersions versions, VersionLineage lineage, UnansweredWrites unanswered, ValueCopier copier) {
		this.mode = mode;
		this.merging = merging;
		this.references = references;
		this.stateless = stateless;
		this.sessions = sessions;
		this.transactions = transactions;
		this.keys = keys;
		this.order = order;
		this.versions = versions;
		this.lineage = lineage;
		this.unanswered = unanswered;
		this.copier = copier;
	}

	BatchMode mode() {
		return this.mode;
	}

	/**
	 * Return what writes rows of which the database finds out whether they exist.
	 * @return the writer, {@code null} if the rows are written in another way
	 */
	@Nullable StatelessWriter upserts() {
		return (this.mode == BatchMode.UPSERT) ? this.stateless : null;
	}

	/**
	 * Write a batch.
	 * @param entries the values by id, which are left as they are
	 * @param gate passed before the commit
	 * @return detached instances of what was stored
	 */
	Map<Object, Object> flushAll(Map<Object, Object> entries, FlushGate gate) {
		this.unanswered.settle(entries.keySet());
		try {
			return flush(entries, gate);
		}
		catch (OptimisticLockingFailureException | DataIntegrityViolationException ex) {
			if (entries.size() > 1) {
				throw ex;
			}
			return flushWithoutLineage(entries, gate, ex);
		}
	}

	/**
	 * Give up the lineage of a row that another writer changed, deleted or inserted. What
	 * took another version because of it is written once more as it came. So is what has
	 * no version: its row was deleted after it was found.
	 * @param entries the only entry
	 * @param gate passed before the commit
	 * @param failure how the write failed
	 * @return what was stored
	 */
	private Map<Object, Object> flushWithoutLineage(Map<Object, Object> entries, FlushGate gate,
			DataAccessException failure) {
		Map.Entry<Object, Object> entry = entries.entrySet().iterator().next();
		boolean conflict = failure instanceof OptimisticLockingFailureException;
		if (!conflict && !isInsertedByOther(entry.getKey(), entry.getValue())) {
			// The row is refused for what it is: its lineage stays
			throw failure;
		}
		boolean caughtUp = this.versions.catchUp(entry.getKey(), entry.getValue()) != entry.getValue()
				|| this.versions.wasInserted(entry.getKey(), entry.getValue());
		this.lineage.forget(List.of(entry.getKey()));
		if (caughtUp || !this.versions.isVersioned()) {
			return flush(entries, gate);
		}
		throw failure;
	}

	/**
	 * Return whether a row that was deleted by this store exists.
	 * @param id the id
	 * @param value the instance that could not be inserted
	 * @return whether another writer inserted the row
	 */
	private boolean isInsertedByOther(Object id, Object value) {
		Object version = this.versions.versionOf(value);
		return version != null && this.lineage.isGone(id, version)
				&& this.transactions.writeAlone(() -> this.sessions.findVersion(id)).isPresent();
	}

	/**
	 * Return whether nobody knows of one of some rows whether its last write was
	 * committed.
	 * @param ids the ids
	 * @return whether that is to be found out before the rows are written
	 */
	boolean isInDoubt(Collection<Object> ids) {
		return this.unanswered.containsAny(ids);
	}

	/**
	 * Write instances in the session of the current transaction.
	 * @param entries the values by id, which are left as they are
	 * @return detached instances of what was stored
	 */
	Map<Object, Object> writeAhead(Map<Object, Object> entries) {
		entries.forEach(this.keys::check);
		boolean asRows = isWritableAsRows(entries);
		Map<Object, Object> ordered = prepare(entries, asRows);
		Map<Object, @Nullable Object> before = this.versions.versionsOf(ordered);
		Map<Object, Object> written = write(ordered, asRows);
		List<VersionLineage.Step> steps = this.versions.steps(before, written);
		this.transactions.afterCommit(() -> steps.forEach(this.lineage::flushed));
		this.transactions.afterDoubt(() -> this.unanswered.add(steps, written));
		return written;
	}

	private boolean isWritableAsRows(Map<Object, Object> entries) {
		return this.mode != BatchMode.MERGE && this.stateless.accepts(entries.values());
	}

	private Map<Object, Object> prepare(Map<Object, Object> entries, boolean asRows) {
		Map<Object, Object> prepared = new LinkedHashMap<>();
		entries.forEach((id, value) -> prepared.put(id,
				asRows ? this.stateless.prepare(id, value) : this.merging.prepare(id, value)));
		return this.order.parentsFirst(prepared);
	}

	private Map<Object, Object> write(Map<Object, Object> entries, boolean asRows) {
		Map<Object, Object> stored = asRows ? writeRows(entries) : mergeAll(entries);
		if (this.versions.isRounded()) {
			this.sessions.readVersions(this.sessions.getCurrent(), stored);
		}
		return stored;
	}

	private Map<Object, Object> flush(Map<Object, Object> entries, FlushGate gate) {
		boolean asRows = isWritableAsRows(entries);
		Map<Object, Object> ordered = prepare(entries, asRows);
		Map<Object, @Nullable Object> before = this.versions.versionsOf(ordered);
		Map<Object, Object> written = new LinkedHashMap<>();
		try {
			this.transactions.writeAlone(() -> {
				Map<Object, Object> stored = write(ordered, asRows);
				gate.pass();
				written.putAll(stored);
				return written;
			});
		}
		catch (Throwable ex) {
			// Nothing is written yet, unless it was the commit that failed
			this.unanswered.add(this.versions.steps(before, written), written);
			throw ex;
		}
		this.versions.steps(before, written).forEach(this.lineage::flushed);
		return written;
	}

	private Map<Object, Object> writeRows(Map<Object, Object> entries) {
		return this.sessions.inBatch(entries.size(), (session) -> {
			this.stateless.writeAll(session, entries);
			return entries;
		});
	}

	private Map<Object, Object> mergeAll(Map<Object, Object> entries) {
		Map<Object, Object> stored = this.sessions.inBatch(entries.size(),
				(session) -> this.merging.writeAll(session, this.references.replaceAll(session, entries)));
		stored.replaceAll((id, value) -> this.copier.copy(value));
		return stored;
	}

}
