package io.cachepolicy.writeback;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

import io.cachepolicy.cache.BackingStore;
import io.cachepolicy.cache.RowReference;
import io.cachepolicy.cache.RowRelations;
import io.cachepolicy.writeback.PendingWrites.Claim;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The order that foreign keys demand of the writes of different caches, and of rows of
 * one cache that refer to each other.
 * <p>
 * A put waits for the pending puts of the rows to which its value refers. A delete waits
 * for everything that is pending, when it is considered, in the caches whose rows may
 * refer to its own: which of them do is not known. Neither waits in a thread: the write
 * is put aside until its {@link Condition} is met.
 * <p>
 * <b>No write waits for ever.</b> Puts wait for puts of a lower rank only, deletes for
 * writes of a higher rank only, and no put for a delete; so what a write waits for can
 * always be flushed, and becomes a dead letter at the latest. Kinds of rows that refer to
 * each other in a circle have the same rank and do not wait for each other; nor do rows
 * of one cache that do. There the store decides, and a row that it refuses is tried again
 * like any other.
 * <p>
 * Used by the flusher that has its turn only.
 */
final class RowOrder {

	private static final Log logger = LogFactory.getLog(RowOrder.class);

	private final WriteBack own;

	private final RowRelations relations;

	private final WriteBacks all;

	private @Nullable DeleteBarrier barrier;

	private boolean complained;

	RowOrder(WriteBack own, BackingStore store, WriteBacks all) {
		this.own = own;
		this.relations = store.relations();
		this.all = all;
	}

	/**
	 * Return what a put waits for.
	 * @param claim the put
	 * @param pull takes a pending write of the same cache into the same batch; yields
	 * whether nothing is left to wait for
	 * @return the condition, or {@code null} if the value can be stored
	 */
	@Nullable Condition ofPut(Claim claim, Predicate<PendingWrite> pull) {
		List<Referred> awaited = new ArrayList<>();
		for (RowReference reference : references(claim.value())) {
			for (WriteBack cache : this.all.members()) {
				PendingWrite referred = find(cache, reference);
				if (referred != null && referred != claim.write() && mustWait(cache, referred, pull)) {
					awaited.add(new Referred(cache, referred));
				}
			}
		}
		return awaited.isEmpty() ? null : () -> awaited.stream().allMatch(Referred::isStored);
	}

	private Collection<RowReference> references(Object value) {
		try {
			return this.relations.references(value);
		}
		catch (RuntimeException ex) {
			if (!this.complained) {
				this.complained = true;
				logger.warn("Rows of cache '" + this.own.name() + "' are flushed without regard to foreign keys", ex);
			}
			return List.of();
		}
	}

	private static @Nullable PendingWrite find(WriteBack cache, RowReference reference) {
		PendingWrite head = (cache.relations().rows().equals(reference.rows())) ? cache.head(reference.key()) : null;
		return (head != null && !head.isDelete()) ? head : null;
	}

	private boolean mustWait(WriteBack cache, PendingWrite referred, Predicate<PendingWrite> pull) {
		if (cache == this.own) {
			return !pull.test(referred);
		}
		cache.expedite(referred.key());
		return cache.relations().rank() < this.relations.rank();
	}

	/**
	 * Return what a delete waits for.
	 * @param round tells the deletes that are considered together from others
	 * @return the condition, or {@code null} if the row can be deleted
	 */
	@Nullable Condition ofDelete(long round) {
		DeleteBarrier current = this.barrier;
		if (current != null && !current.isMet()) {
			return (current.round == round) ? current : current::isMet;
		}
		List<WriteBack> referring = this.all.members().stream().filter(this::mayReferHere).toList();
		this.barrier = referring.isEmpty() ? null : new DeleteBarrier(round, referring);
		return this.barrier;
	}

	private boolean mayReferHere(WriteBack cache) {
		RowRelations other = cache.relations();
		return cache.size() > 0 && other.rank() > this.relations.rank() && other.refersTo(this.relations);
	}

	/**
	 * A pending write to whose row another one refers.
	 */
	private record Referred(WriteBack cache, Object key, long sequence) {

		Referred(WriteBack cache, PendingWrite write) {
			this(cache, write.key(), write.sequence());
		}

		boolean isStored() {
			PendingWrite head = this.cache.head(this.key);
			return head == null || head.sequence() > this.sequence;
		}

	}

	/**
	 * Met when all is stored that was pending in other caches when it was created.
	 */
	static final class DeleteBarrier implements Condition {

		private final long round;

		private final List<Flushed> awaited;

		private DeleteBarrier(long round, List<WriteBack> referring) {
			this.round = round;
			this.awaited = new ArrayList<>(referring.stream().map(Flushed::new).toList());
		}

		@Override
		public boolean isMet() {
			this.awaited.removeIf(Flushed::isDone);
			return this.awaited.isEmpty();
		}

	}

	/**
	 * A flush that was asked for in another cache.
	 */
	private record Flushed(WriteBack cache, FlushRequests.Request request) {

		Flushed(WriteBack cache) {
			this(cache, cache.requestFlush());
		}

		boolean isDone() {
			return this.cache.endIfDone(this.request);
		}

	}

}
