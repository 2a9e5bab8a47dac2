package io.cachepolicy.writeback;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

import io.cachepolicy.spi.RowReference;
import io.cachepolicy.spi.RowRelations;
import io.cachepolicy.text.FailureText;
import io.cachepolicy.writeback.PendingWrite.State;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The order that foreign keys demand of the writes of different caches, and of rows of
 * one cache that refer to each other.
 * <p>
 * A put waits for the pending puts of the rows to which its value refers, also if these
 * stand behind a removal of the row that was accepted before. A delete waits for what is
 * pending, when it is considered, in the caches whose rows may refer to its own: which of
 * them do is not known. Neither waits in a thread: the write is put aside until its
 * {@link Prerequisite} is met.
 * <p>
 * <b>No write waits for ever.</b> A value waits for values that were accepted before it,
 * and for those that stand before them in the chains of their keys: what a write waits
 * for can always be flushed, and becomes a dead letter at the latest. What a delete waits
 * for beyond that, as it was accepted later, may wait for the delete in turn: then the
 * delete goes on. Of rows of one cache, none waits for one that waits for it. Kinds of
 * rows that refer to each other in a circle have the same rank and do not wait for each
 * other. There the store decides, and a row that it refuses is tried again like any
 * other. A put waits for a row once, however often that one is written meanwhile.
 * <p>
 * Used by the flusher that has its turn only.
 */
final class FlushOrder {

	private static final Log logger = LogFactory.getLog(FlushOrder.class);

	private final FlushPeer own;

	private final RowRelations relations;

	private final FlushPeers all;

	private final Map<FlushPeer, FlushRequests.Request> demands = new HashMap<>();

	private long demandedIn;

	/**
	 * The number of the last write that is demanded at least.
	 */
	private long demanded;

	private boolean complained;

	/**
	 * Create the order of a cache.
	 * @param own the cache
	 * @param all all caches, this one included
	 */
	FlushOrder(FlushPeer own, FlushPeers all) {
		this.own = own;
		this.relations = own.relations();
		this.all = all;
	}

	/**
	 * Tell others whether writes of this cache wait.
	 * @param waiting whether it is to be signalled when something was stored
	 */
	void waiting(boolean waiting) {
		this.own.waiting(waiting);
		if (!waiting) {
			endDemands();
		}
	}

	/**
	 * Return what a put waits for.
	 * @param claim the put
	 * @param met what it waited for before, {@code null} if it did not
	 * @param pull takes a pending write of the same cache into the same batch; yields
	 * what is to be waited for if that is impossible
	 * @return the prerequisite, or {@code null} if the value can be stored
	 */
	@Nullable Prerequisite ofPut(Claim claim, @Nullable Prerequisite met, Function<PendingWrite, @Nullable Prerequisite> pull) {
		try {
			Set<Referred> awaited = new LinkedHashSet<>();
			Set<RowReference> references = new HashSet<>((met instanceof Stored stored) ? stored.references : Set.of());
			for (RowReference reference : this.relations.references(claim.value())) {
				if (!references.contains(reference) && await(awaited, claim, reference, pull)) {
					references.add(reference);
				}
			}
			return awaited.isEmpty() ? null : new Stored(awaited, references);
		}
		catch (Throwable ex) {
			complain(ex);
			return null;
		}
	}

	/**
	 * Add what a put waits for because of a reference.
	 * @param awaited the writes that it waits for
	 * @param claim the put
	 * @param reference the reference
	 * @param pull takes a write of the same cache into the same batch
	 * @return whether it waits for the row itself, and not for what that one waits for
	 */
	private boolean await(Set<Referred> awaited, Claim claim, RowReference reference,
			Function<PendingWrite, @Nullable Prerequisite> pull) {
		boolean direct = false;
		for (FlushPeer cache : this.all.members()) {
			Referred referred = find(cache, reference, claim.write().order());
			if (referred != null && referred.write() != claim.write()) {
				Prerequisite prerequisite = (cache == this.own) ? pull.apply(referred.write()) : ofOther(referred);
				if (prerequisite instanceof Stored stored) {
					awaited.addAll(stored.rows);
					direct |= stored.rows.contains(referred)
							|| stored.rows.contains(new Referred(cache, referred.write(), null));
				}
			}
		}
		return direct;
	}

	/**
	 * Return the put by which a row is there when another one is stored that refers to
	 * it: the last one that was accepted before, or the first one behind a removal that
	 * comes before. A removal that was accepted later waits for the referring row, unless
	 * it is on its way already.
	 * @param cache the cache of the row
	 * @param reference the row
	 * @param order when the referring value was accepted
	 * @return the put, or {@code null} if none is pending
	 */
	private static @Nullable Referred find(FlushPeer cache, RowReference reference, long order) {
		PendingWrite found = null;
		PendingWrite later = null;
		if (cache.relations().rows().equals(reference.rows())) {
			for (PendingWrite write = cache.head(reference.key()); write != null; write = write.newer()) {
				if (write.isDelete()) {
					if (write.order() > order) {
						if (write.state() == State.WAITING) {
							break;
						}
						later = write;
					}
					found = null;
				}
				else if (write.sequence() <= order || found == null) {
					found = write;
				}
			}
		}
		return (found != null) ? new Referred(cache, found, later) : null;
	}

	private @Nullable Prerequisite ofOther(Referred referred) {
		FlushPeer cache = referred.cache();
		cache.await(referred.write());
		return (cache.relations().rank() < this.relations.rank()) ? stored(referred) : null;
	}

	/**
	 * Return the prerequisite that a put of this cache has left.
	 * @param referred the put
	 * @return the prerequisite
	 */
	Prerequisite stored(PendingWrite referred) {
		return stored(new Referred(this.own, referred, null));
	}

	private static Prerequisite stored(Referred referred) {
		return new Stored(Set.of(referred), Set.of());
	}

	/**
	 * Return what is left of a prerequisite without the rows of this cache.
	 * @param prerequisite the prerequisite
	 * @return the rest, {@code null} if there is none
	 */
	@Nullable Prerequisite ofOthers(Prerequisite prerequisite) {
		if (!(prerequisite instanceof Stored stored)) {
			return prerequisite;
		}
		Set<Referred> others = new LinkedHashSet<>(stored.rows);
		others.removeIf((row) -> row.cache() == this.own);
		return others.isEmpty() ? null : new Stored(others, stored.references);
	}

	/**
	 * Return the writes of this cache of which a prerequisite says that they have to
	 * leave.
	 * @param prerequisite the prerequisite
	 * @return the writes
	 */
	List<PendingWrite> awaitedHere(@Nullable Prerequisite prerequisite) {
		return (prerequisite instanceof Stored stored)
				? stored.rows.stream().filter((row) -> row.cache() == this.own).map(Referred::write).toList()
				: List.of();
	}

	/**
	 * Return what a delete waits for.
	 * @param delete the delete
	 * @param round tells the deletes that are considered together from others
	 * @return the prerequisite, or {@code null} if the row can be deleted
	 */
	@Nullable Prerequisite ofDelete(PendingWrite delete, long round) {
		try {
			List<FlushPeer> referring = this.all.members().stream().filter(this::mayReferHere).toList();
			if (referring.isEmpty()) {
				return null;
			}
			demand(delete, referring, round);
			EarlierWrites earlier = new EarlierWrites(delete, referring, this.demanded);
			return earlier.isMet() ? null : earlier;
		}
		catch (Throwable ex) {
			complain(ex);
			return null;
		}
	}

	private void demand(PendingWrite delete, List<FlushPeer> caches, long round) {
		if (this.demandedIn != round || delete.order() > this.demanded) {
			endDemands();
			this.demandedIn = round;
			this.demanded = this.all.sequence().get();
		}
		caches.forEach((cache) -> this.demands.computeIfAbsent(cache, FlushPeer::requestFlush));
	}

	/**
	 * Tell others that writes of this cache wait, which may be what these wait for.
	 */
	void blocked() {
		this.all.signalWaiting();
	}

	private void endDemands() {
		this.demands.forEach(FlushPeer::end);
		this.demands.clear();
	}

	private boolean mayReferHere(FlushPeer cache) {
		RowRelations other = cache.relations();
		return cache.size() > 0 && other.rank() > this.relations.rank() && other.refersTo(this.relations);
	}

	private void complain(Throwable ex) {
		if (!this.complained) {
			this.complained = true;
			logger.warn("Rows of cache '" + this.own.name() + "' are flushed without regard to foreign keys",
					FailureText.loggable(ex, logger));
		}
	}

	/**
	 * A pending put to whose row another one refers.
	 *
	 * @param cache the cache of the row
	 * @param write the put
	 * @param removal a removal before it that was accepted later than the referring
	 * value, and seemed to be on its way
	 */
	private record Referred(FlushPeer cache, PendingWrite write,
			@Nullable PendingWrite removal) implements Prerequisite.Obstacle {

		@Override
		public boolean isGone() {
			return isStored();
		}

		/**
		 * Return whether there is nothing to wait for. A removal that is not on its way
		 * any more, or was only considered, waits for the referring row in turn.
		 * @return whether the referring row can go on
		 */
		boolean isStored() {
			PendingWrite write = this.write.merged();
			return write.state() == State.DONE || write.isDelete() || isRemovalWaiting();
		}

		private boolean isRemovalWaiting() {
			return this.removal != null && this.removal.isDelete() && this.removal.state() == State.WAITING;
		}

		/**
		 * Return the writes that have to leave before the row is stored.
		 * @return the write, and the oldest one of its key
		 */
		Stream<PendingWrite> writes() {
			return Stream.concat(Stream.of(this.write.merged()), Stream.ofNullable(this.cache.head(this.write.key())));
		}

	}

	/**
	 * Met when puts were stored, or failed for good.
	 */
	private static final class Stored implements Prerequisite {

		private final Set<Referred> rows;

		/**
		 * The rows that the value waits for, or did before.
		 */
		private final Set<RowReference> references;

		private Stored(Set<Referred> rows, Set<RowReference> references) {
			this.rows = rows;
			this.references = references;
		}

		@Override
		public boolean isMet() {
			return this.rows.stream().allMatch(Referred::isStored);
		}

		@Override
		public @Nullable Obstacle obstacle() {
			for (Referred row : this.rows) {
				if (!row.isStored()) {
					return row;
				}
			}
			return null;
		}

		@Override
		public boolean concerns(PendingWrite write) {
			return !write.isDelete();
		}

		@Override
		public Collection<PendingWrite> awaited() {
			return this.rows.stream().filter((row) -> !row.isStored()).flatMap(Referred::writes).toList();
		}

	}

}
