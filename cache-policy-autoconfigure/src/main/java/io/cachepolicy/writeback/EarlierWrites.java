package io.cachepolicy.writeback;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Met when all is stored that is pending, when a delete is considered, in caches whose
 * rows may refer to its row. Of writes that were accepted after the delete, some may wait
 * for it themselves: then it goes on, after all that were accepted before it.
 */
final class EarlierWrites implements Prerequisite {

	private final PendingWrite delete;

	private final List<FlushPeer> referring;

	private final long last;

	/**
	 * Create the prerequisite.
	 * @param delete the delete
	 * @param referring the caches whose rows may refer to its row
	 * @param last the number of the last write that it waits for
	 */
	EarlierWrites(PendingWrite delete, List<FlushPeer> referring, long last) {
		this.delete = delete;
		this.referring = referring;
		this.last = last;
	}

	@Override
	public boolean isMet() {
		return this.referring.stream().allMatch(this::isMet);
	}

	@Override
	public @Nullable Obstacle obstacle() {
		// What is in the way of one delete is not in that of another
		return isMet() ? null : this::isMet;
	}

	private boolean isMet(FlushPeer cache) {
		PendingWrite earliest = cache.findAccepted(this.last);
		return earliest == null || (earliest.order() > this.delete.order() && earliest.waitsFor(this.delete));
	}

	@Override
	public boolean concerns(PendingWrite write) {
		return write.isDelete();
	}

	@Override
	public Collection<PendingWrite> awaited() {
		return this.referring.stream().flatMap((cache) -> Stream.ofNullable(cache.findAccepted(this.last))).toList();
	}

}
