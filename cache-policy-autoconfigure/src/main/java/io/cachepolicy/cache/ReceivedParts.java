package io.cachepolicy.cache;

import java.util.Collection;
import java.util.Set;

import io.cachepolicy.spi.PartRange;
import io.cachepolicy.spi.RowChanges;

/**
 * Drops the entries that hold what another instance changed. The change can be seen
 * already, so nothing waits for an end.
 *
 * @param tier the entries
 */
record ReceivedParts(CacheTier tier) implements RowChanges {

	@Override
	public void changed(Object key, boolean removed) {
		this.tier.evict(key);
	}

	@Override
	public void changedAll() {
		this.tier.clear();
	}

	@Override
	public void changedPart(Object part, Collection<?> own) {
		this.tier.changed(part, Set.copyOf(own));
	}

	@Override
	public void changedParts(PartRange parts, Collection<?> own) {
		this.tier.changed(parts::contains, Set.copyOf(own));
	}

	@Override
	public void end(boolean committed) {
		// All is done
	}

}
