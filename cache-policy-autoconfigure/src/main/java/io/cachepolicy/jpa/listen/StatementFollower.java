package io.cachepolicy.jpa.listen;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.hibernate.engine.spi.SharedSessionContractImplementor;

/**
 * Follows statements, and lets what is pending be stored before them: rows to which
 * others refer first. What the transaction itself has deferred follows. Thread-safe.
 */
final class StatementFollower implements StatementEvents.Listener {

	private final Followers followers;

	private final TrackedSessions sessions;

	private final GraphParts graphs;

	StatementFollower(Followers followers, TrackedSessions sessions, GraphParts graphs) {
		this.followers = followers;
		this.sessions = sessions;
		this.graphs = graphs;
	}

	@Override
	public boolean isAwaiting() {
		for (Subscription follower : this.followers.all()) {
			if (follower.listener().hasPending() || follower.listener().hasDeferred()) {
				return true;
			}
		}
		return false;
	}

	@Override
	public void executing(SharedSessionContractImplementor session, SqlTables changed, Set<String> mentioned) {
		storePending(session, changed, mentioned);
		storeDeferred(session, changed);
	}

	private void storePending(SharedSessionContractImplementor session, SqlTables changed, Set<String> mentioned) {
		List<Subscription> pending = this.followers.all()
			.stream()
			.filter((follower) -> follower.listener().hasPending())
			.toList();
		Set<Subscription> stored = new HashSet<>();
		List<Subscription> queried = new ArrayList<>();
		for (Subscription follower : pending) {
			boolean isQueried = !changed.mayContain(follower.tables()) && follower.isMentioned(mentioned);
			if (isQueried) {
				queried.add(follower);
			}
			if (changed.mayContain(follower.tables()) || (isQueried && follower.listener().isFlushedBeforeQueries())) {
				stored.add(follower);
			}
		}
		pending.stream()
			.filter((follower) -> stored.contains(follower)
					|| stored.stream().anyMatch((other) -> other.refersTo(follower)))
			.sorted(Comparator.comparingInt(Subscription::rank))
			.forEach((follower) -> store(session, follower));
		queried.forEach((follower) -> follower.listener().querying());
	}

	/**
	 * Store what the transaction was to write after its commit, which the statement is to
	 * change: that is older than the statement.
	 * @param session the session
	 * @param changed the tables that the statement changes
	 */
	private void storeDeferred(SharedSessionContractImplementor session, SqlTables changed) {
		for (Subscription follower : this.followers.all()) {
			if (changed.mayContain(follower.tables()) && follower.listener().hasDeferred()
					&& this.sessions.isOfTransaction(session)) {
				follower.listener().storeDeferred();
			}
		}
	}

	private void store(SharedSessionContractImplementor session, Subscription follower) {
		if (this.sessions.isOfTransaction(session)) {
			follower.listener().storePending(null);
		}
		else if (TrackedSessions.isWithoutConnection(session)) {
			follower.listener().awaitStored();
		}
	}

	@Override
	public void executed(SharedSessionContractImplementor session, SqlTables tables) {
		OwnWrites own = OwnWrites.current();
		Set<Object> keys = (own != null) ? own.keysOfStatement() : null;
		for (Subscription follower : this.followers.all()) {
			if (!follower.reach().isEmpty() && tables.mayContain(follower.reachableTables())) {
				GraphRange range = this.graphs.newRange();
				range.add(tables, keys);
				this.sessions.changedParts(session, follower,
						(changes, ownKeys) -> changes.changedParts(range, ownKeys));
			}
			if (!tables.mayContain(follower.tables())) {
				continue;
			}
			BodyRows.changedAll(follower);
			if (own == null || keys == null) {
				this.sessions.changedAll(session, follower);
			}
			else if (!own.isOf(follower.store())) {
				changedRows(session, follower, keys);
			}
		}
	}

	private void changedRows(SharedSessionContractImplementor session, Subscription follower, Collection<Object> keys) {
		keys.forEach((key) -> this.sessions.changed(session, follower, key, true));
	}

}
