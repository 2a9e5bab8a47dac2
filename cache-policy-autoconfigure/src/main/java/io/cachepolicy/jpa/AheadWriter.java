package io.cachepolicy.jpa;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.cachepolicy.jpa.listen.OwnWrites;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.FlushGate;
import org.hibernate.boot.spi.SessionFactoryOptions;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * Writes what is pending in the transaction of a caller that is about to read the rows,
 * as a flush would. The caller can go on whatever becomes of it.
 * <p>
 * Not where Hibernate has a cache of its own for the rows or for queries, of which others
 * would be told before the caller commits, nor where rows belong to tenants.
 */
final class AheadWriter {

	private final Object store;

	private final EntitySessions sessions;

	private final StoreTransactions transactions;

	private final CallerConnection connection;

	private final FlushWriter flushes;

	private final EntityRemover remover;

	private final EntityVersions versions;

	private final boolean possible;

	AheadWriter(Object store, EntityPersister persister, EntitySessions sessions, StoreTransactions transactions,
			CallerConnection connection, FlushWriter flushes, EntityRemover remover, EntityVersions versions,
			boolean tenantBased) {
		this.store = store;
		this.sessions = sessions;
		this.transactions = transactions;
		this.connection = connection;
		this.flushes = flushes;
		this.remover = remover;
		this.versions = versions;
		SessionFactoryOptions options = persister.getFactory().getSessionFactoryOptions();
		this.possible = !tenantBased && !persister.canWriteToCache() && !options.isQueryCacheEnabled();
	}

	/**
	 * Write instances and removals.
	 * @param entries the instances by id, {@link Absent#VALUE} for removals
	 * @param gate passed when they are written
	 * @return what was stored, {@code null} if nothing was
	 */
	@Nullable Map<Object, Object> write(Map<Object, Object> entries, FlushGate gate) {
		if (!this.possible || !this.transactions.isJoiningOwnSession() || this.flushes.isInDoubt(entries.keySet())) {
			return null;
		}
		Map<Object, Object> puts = new LinkedHashMap<>(entries);
		puts.values().removeIf(Absent::is);
		List<Object> removals = entries.keySet().stream().filter((id) -> !puts.containsKey(id)).toList();
		SessionImplementor caller = this.sessions.getCurrent();
		return OwnWrites.write(this.store, entries.keySet(), caller, () -> this.connection.execute(caller, () -> {
			Map<Object, Object> stored = new LinkedHashMap<>(entries);
			if (!puts.isEmpty()) {
				stored.putAll(this.flushes.writeAhead(puts));
			}
			if (!removals.isEmpty()) {
				this.remover.deleteAll(removals);
			}
			gate.pass();
			this.transactions.afterCommit(() -> this.versions.deleted(removals));
			return stored;
		}));
	}

}
