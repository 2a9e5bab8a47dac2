package io.cachepolicy.writeback;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.FlushGate;
import io.cachepolicy.spi.RowReference;
import io.cachepolicy.spi.RowRelations;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.spi.WriteContextCapture;
import org.jspecify.annotations.Nullable;

/**
 * Stores pending writes of one cache in the transaction of a caller that is about to read
 * their rows, while their keys are held.
 * <p>
 * It stores what a flush would store next, and nothing that needs more than that: no
 * write that the store has refused before, none over a row that another writer left, none
 * that refers to a pending row that the transaction has not stored, and none in a context
 * that only a thread without one can take.
 * <p>
 * <b>Other writers.</b> Who changes a row has a hold of its key from before its commit
 * until the pending write is known to be outdated. To store the pending write, this
 * transaction locks the row. So if there is no such hold before, nor a new one after it
 * got the lock, nobody has changed the row since the pending write was found.
 */
final class AheadWrites {

	private final BackingStore store;

	private final WriteChains chains;

	private final HeldChains held;

	private final FlushPeer peer;

	private final FlushPeers peers;

	private final WriteContextCapture contexts;

	AheadWrites(BackingStore store, WriteChains chains, HeldChains held, FlushPeer peer, FlushPeers peers,
			WriteContextCapture contexts) {
		this.store = store;
		this.chains = chains;
		this.held = held;
		this.peer = peer;
		this.peers = peers;
		this.contexts = contexts;
	}

	boolean isContextual() {
		return this.store.traits().isContextual();
	}

	/**
	 * Store writes in the caller's transaction.
	 * @param keys the keys, which are held
	 * @return what is stored, {@code null} if nothing is
	 */
	@Nullable Map<Object, Object> write(Collection<Object> keys) {
		FlushGate gate = gate(keys);
		if (gate == null) {
			return null;
		}
		Map<Object, Object> values = new LinkedHashMap<>();
		WriteContext context = null;
		for (Object key : keys) {
			PendingWrite head = this.chains.head(key);
			PendingWrite write = (head != null) ? head.newest() : null;
			if (head == null || write == null || !isStorable(head, write)) {
				return null;
			}
			synchronized (write) {
				values.put(key, write.value());
				context = write.context();
			}
		}
		RowRelations relations = this.peer.relations();
		Set<RowReference> rows = keys.stream()
			.map((key) -> new RowReference(relations.rows(), key))
			.collect(Collectors.toSet());
		if (!this.peers.areIndependent(this.peer, values,
				(row) -> rows.contains(row) || AheadRows.contains(this.peers, row))) {
			return null;
		}
		Map<Object, Object> stored = isContextual() ? write(values, context, gate)
				: this.store.writeAhead(values, gate);
		if (stored != null) {
			AheadRows.add(this.peers, rows);
		}
		return stored;
	}

	/**
	 * Return what lets the writes pass when their rows are locked, if nobody else has
	 * begun to change these.
	 * @param keys the keys, which are held
	 * @return the gate, {@code null} if somebody changes a row now
	 */
	private @Nullable FlushGate gate(Collection<Object> keys) {
		Map<Object, Long> changes = new HashMap<>();
		for (Object key : keys) {
			long number = this.held.changes(key);
			if (number < 0) {
				return null;
			}
			changes.put(key, number);
		}
		return () -> changes.forEach((key, number) -> {
			if (this.held.changes(key) != number) {
				throw new RevokedException();
			}
		});
	}

	private boolean isStorable(PendingWrite head, PendingWrite write) {
		Attempts attempts = head.attempts();
		return !write.isOvertaken() && (attempts == null || attempts.refusals() == 0)
				&& (write.isDelete() || !this.chains.isOverRemoval(write.key()));
	}

	private @Nullable Map<Object, Object> write(Map<Object, Object> values, @Nullable WriteContext context,
			FlushGate gate) {
		if (Objects.equals(context, this.contexts.capture())) {
			return this.store.writeAhead(values, gate);
		}
		if (context == null || !context.isNestable()) {
			return null;
		}
		Map<Object, Object> stored = new LinkedHashMap<>();
		boolean[] done = new boolean[1];
		context.run(() -> {
			Map<Object, Object> result = this.store.writeAhead(values, gate);
			if (result != null) {
				stored.putAll(result);
				done[0] = true;
			}
		});
		return (done[0]) ? stored : null;
	}

}
