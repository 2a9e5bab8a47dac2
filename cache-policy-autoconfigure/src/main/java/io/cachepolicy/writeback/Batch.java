package io.cachepolicy.writeback;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A batch that is being put together. What has to wait for other writes is
 * {@link BlockedWrites blocked}; what has to be stored before a claimed row comes on top,
 * unless it is in trouble. Used by the flusher that has its turn.
 */
final class Batch implements Claimer {

	/**
	 * How many rows of one cache that refer to each other are taken at once: what is
	 * deeper waits, as the stack is not endless.
	 */
	private static final int DEEPEST = 100;

	private final WriteChains chains;

	private final WriteClaims writeClaims;

	private final TroubledWrites troubled;

	private final BlockedWrites blocked;

	private final FlushOrder order;

	private final int limit;

	private final long round;

	private final List<Claim> claims = new ArrayList<>();

	private final Map<PendingWrite, Claim> claimed = new IdentityHashMap<>();

	private final Map<PendingWrite, List<PendingWrite>> referred = new IdentityHashMap<>();

	private int depth;

	private boolean blocking;

	/**
	 * Create an empty batch.
	 * @param pending the pending writes
	 * @param troubled the writes that failed
	 * @param blocked where writes wait for others
	 * @param order tells for which ones
	 * @param limit how many writes are wanted
	 * @param round tells the batch from others
	 */
	Batch(PendingParts pending, TroubledWrites troubled, BlockedWrites blocked, FlushOrder order, int limit,
			long round) {
		this.chains = pending.chains();
		this.writeClaims = pending.claims();
		this.troubled = troubled;
		this.blocked = blocked;
		this.order = order;
		this.limit = limit;
		this.round = round;
	}

	/**
	 * Return whether a write was found to wait for others.
	 * @return whether one is blocked since the batch began
	 */
	boolean isBlocking() {
		return this.blocking;
	}

	List<Claim> claims() {
		return this.claims;
	}

	/**
	 * Return what tells the batch from others.
	 * @return a number that grows by one
	 */
	long round() {
		return this.round;
	}

	@Override
	public boolean hasRoom() {
		return this.claims.size() < this.limit;
	}

	@Override
	public int size() {
		return this.claims.size();
	}

	@Override
	public void claim(PendingWrite write) {
		claim(write, write.sequence(), null);
	}

	@Override
	public void claimUnblocked(PendingWrite write, Prerequisite met) {
		claim(write, write.sequence(), met);
	}

	private void claim(PendingWrite write, long position, @Nullable Prerequisite met) {
		Claim claim = this.writeClaims.claim(write, position);
		if (claim == null) {
			return;
		}
		this.claimed.put(write, claim);
		Prerequisite prerequisite = prerequisite(claim, met);
		if (prerequisite == null) {
			this.claims.add(claim);
		}
		else {
			this.claimed.remove(write);
			this.writeClaims.giveBack(claim);
			this.blocked.block(write, prerequisite);
			this.blocking = true;
		}
	}

	private @Nullable Prerequisite prerequisite(Claim claim, @Nullable Prerequisite met) {
		if (claim.isDelete()) {
			return (met != null && met.concerns(claim.write())) ? null : this.order.ofDelete(claim.write(), this.round);
		}
		Prerequisite prerequisite = this.order.ofPut(claim, met, (referred) -> pull(referred, claim));
		return (prerequisite != null && leadsTo(prerequisite, claim.write())) ? this.order.ofOthers(prerequisite)
				: prerequisite;
	}

	/**
	 * Take a row to which another one refers.
	 * @param write the write of the row
	 * @param referring the claim of the other one
	 * @return what to wait for, {@code null} if the row is in this batch
	 */
	private @Nullable Prerequisite pull(PendingWrite write, Claim referring) {
		this.referred.computeIfAbsent(referring.write(), (key) -> new ArrayList<>()).add(write);
		if (this.claimed.containsKey(write)) {
			advance(write, referring.position());
			return null;
		}
		Prerequisite prerequisite = this.blocked.prerequisite(write);
		if (prerequisite != null && prerequisite.concerns(write) && !prerequisite.isMet()) {
			return prerequisite;
		}
		if (!this.troubled.contains(write)) {
			claimReferred(write, referring.position());
		}
		if (this.claimed.containsKey(write)) {
			return null;
		}
		prerequisite = this.blocked.prerequisite(write);
		return (prerequisite != null) ? prerequisite : this.order.stored(write);
	}

	private void claimReferred(PendingWrite write, long position) {
		if (this.depth == DEEPEST) {
			this.chains.expedite(write.key());
			return;
		}
		this.depth++;
		this.blocked.unblock(write);
		claim(write, Math.min(write.sequence(), position), null);
		this.depth--;
	}

	/**
	 * Let a row that is in this batch, and those to which it refers, be stored before
	 * another one.
	 * @param write the write of the row
	 * @param position the position of the other one
	 */
	private void advance(PendingWrite write, long position) {
		Deque<PendingWrite> open = new ArrayDeque<>(List.of(write));
		while (!open.isEmpty()) {
			PendingWrite next = open.remove();
			Claim claim = this.claimed.get(next);
			if (claim != null && claim.position() > position) {
				claim.position(position);
				open.addAll(this.referred.getOrDefault(next, List.of()));
			}
		}
	}

	/**
	 * Return whether a prerequisite can't be met before a write was stored, as what it
	 * awaits waits for that write itself.
	 * @param prerequisite the prerequisite
	 * @param write the write
	 * @return whether the write would wait for itself
	 */
	private boolean leadsTo(Prerequisite prerequisite, PendingWrite write) {
		Set<PendingWrite> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		Deque<PendingWrite> open = new ArrayDeque<>(this.order.awaitedHere(prerequisite));
		while (!open.isEmpty()) {
			PendingWrite next = open.remove();
			if (next == write) {
				return true;
			}
			if (seen.add(next)) {
				open.addAll(this.order.awaitedHere(this.blocked.prerequisite(next)));
			}
		}
		return false;
	}

}
