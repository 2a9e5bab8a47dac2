package io.cachepolicy.jpa.listen;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import io.cachepolicy.spi.RowChanges;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.engine.spi.TransactionCompletionCallbacks.AfterCompletionCallback;
import org.hibernate.engine.spi.TransactionCompletionCallbacks.BeforeCompletionCallback;

import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What the sessions of one factory change, from the first change of a transaction to its
 * end, of which Hibernate tells. Where it can't, as the connection broke during the
 * commit, Spring does. Thread-safe; the changes of a session are used by its thread.
 */
final class TrackedSessions {

	private final EntityManagerFactory entityManagerFactory;

	private final ConcurrentMap<SharedSessionContractImplementor, SessionChanges> bySession = new ConcurrentHashMap<>();

	TrackedSessions(EntityManagerFactory entityManagerFactory) {
		this.entityManagerFactory = entityManagerFactory;
	}

	/**
	 * Take rows for written by their store that the session of the current transaction is
	 * about to flush.
	 * @param subscription that of the store
	 * @param keys the keys of the rows
	 * @param removed whether they are deleted
	 */
	void join(Subscription subscription, Collection<?> keys, boolean removed) {
		EntityManager manager = EntityManagerFactoryUtils.getTransactionalEntityManager(this.entityManagerFactory);
		SharedSessionContractImplementor session = (manager != null)
				? manager.unwrap(SharedSessionContractImplementor.class) : null;
		if (session != null && session.isTransactionInProgress()) {
			changesOf(session, subscription).join(subscription.store(), keys, removed);
		}
	}

	private SessionChanges changesOf(SharedSessionContractImplementor session, Subscription first) {
		SessionChanges changes = this.bySession.get(session);
		return (changes != null) ? changes : begin(session, first);
	}

	private SessionChanges begin(SharedSessionContractImplementor session, Subscription first) {
		SessionChanges changes = new SessionChanges(first);
		session.getTransactionCompletionCallbacks()
			.registerCallback((BeforeCompletionCallback) (current) -> changes.beforeCommit());
		session.getTransactionCompletionCallbacks()
			.registerCallback((AfterCompletionCallback) (committed, current) -> end(session, changes, committed));
		if (TransactionSynchronizationManager.isSynchronizationActive()) {
			TransactionSynchronizationManager.registerSynchronization(new Completion(session, changes));
		}
		this.bySession.put(session, changes);
		return changes;
	}

	private void end(SharedSessionContractImplementor session, SessionChanges changes, boolean committed) {
		if (this.bySession.remove(session, changes)) {
			changes.end(committed, session);
		}
	}

	/**
	 * Note a row that the body of a method stores.
	 * @param session the session
	 * @param subscription whose row it is
	 * @param row the row, which is told of the end of the transaction
	 */
	void stores(SharedSessionContractImplementor session, Subscription subscription, BodyRow row) {
		changesOf(session, subscription).stores(row);
	}

	/**
	 * Tell of a row, which its store may have {@link #join joined}.
	 * @param session the session of the transaction in which it is written
	 * @param subscription whom to tell
	 * @param key the key of the row
	 * @param removed whether it is deleted
	 */
	void changed(SharedSessionContractImplementor session, Subscription subscription, Object key, boolean removed) {
		SessionChanges known = this.bySession.get(session);
		boolean joined = known != null && known.isJoined(subscription.store(), key, removed);
		if (session.isTransactionInProgress()) {
			SessionChanges changes = (known != null) ? known : begin(session, subscription);
			changed(changes.of(subscription), key, removed, joined);
			return;
		}
		RowChanges changes = subscription.listener().begin();
		changed(changes, key, removed, joined);
		changes.end(true);
	}

	private static void changed(RowChanges changes, Object key, boolean removed, boolean joined) {
		if (joined) {
			changes.sent(key, removed);
		}
		else {
			changes.changed(key, removed);
		}
	}

	/**
	 * Tell of parts.
	 * @param writer the session that writes
	 * @param subscription whom to tell
	 * @param telling tells, given the keys of values that its store writes by that
	 */
	void changedParts(SharedSessionContractImplementor writer, Subscription subscription,
			BiConsumer<RowChanges, Set<Object>> telling) {
		OwnWrites own = OwnWrites.current();
		Set<Object> keys = (own != null) ? own.keysOf(subscription.store(), subscription::keyOf) : Set.of();
		SessionChanges changed = this.bySession.get(OwnWrites.ownerOf(writer));
		if (changed != null && !changed.keysOf(subscription.store()).isEmpty()) {
			keys = new HashSet<>(keys);
			keys.addAll(changed.keysOf(subscription.store()).keySet());
		}
		Set<Object> written = keys;
		tell(writer, subscription, (changes) -> telling.accept(changes, written));
	}

	private void tell(SharedSessionContractImplementor writer, Subscription subscription,
			Consumer<RowChanges> telling) {
		SharedSessionContractImplementor session = OwnWrites.ownerOf(writer);
		if (session.isTransactionInProgress()) {
			telling.accept(changesOf(session, subscription).of(subscription));
			return;
		}
		RowChanges changes = subscription.listener().begin();
		telling.accept(changes);
		changes.end(true);
	}

	/**
	 * Tell of rows of which nobody knows which they are.
	 * @param writer the session that writes
	 * @param subscription whom to tell
	 */
	void changedAll(SharedSessionContractImplementor writer, Subscription subscription) {
		SharedSessionContractImplementor session = OwnWrites.ownerOf(writer);
		if (session.isTransactionInProgress()) {
			changesOf(session, subscription).of(subscription).changedAll();
		}
		else {
			subscription.listener().changedAll();
		}
	}

	/**
	 * Return whether a session works in the transaction of Spring that the thread has, by
	 * its connection.
	 * @param session the session
	 * @return whether what is stored in the transaction is there for the session
	 */
	boolean isOfTransaction(SharedSessionContractImplementor session) {
		return session.isTransactionInProgress()
				&& TransactionSynchronizationManager
					.getResource(this.entityManagerFactory) instanceof EntityManagerHolder holder
				&& holder.getEntityManager()
					.unwrap(SharedSessionContractImplementor.class)
					.getJdbcCoordinator() == session.getJdbcCoordinator();
	}

	/**
	 * Return whether a session may wait for others, as it holds nothing that they need.
	 * @param session the session
	 * @return whether it has neither a transaction nor a connection
	 */
	static boolean isWithoutConnection(SharedSessionContractImplementor session) {
		return !session.isTransactionInProgress()
				&& !session.getJdbcCoordinator().getLogicalConnection().isPhysicallyConnected();
	}

	/**
	 * Tells of an end of which Hibernate did not.
	 */
	private final class Completion implements TransactionSynchronization {

		private final SharedSessionContractImplementor session;

		private final SessionChanges changes;

		Completion(SharedSessionContractImplementor session, SessionChanges changes) {
			this.session = session;
			this.changes = changes;
		}

		@Override
		public void afterCompletion(int status) {
			if (status != STATUS_COMMITTED) {
				end(this.session, this.changes, false);
			}
		}

	}

}
