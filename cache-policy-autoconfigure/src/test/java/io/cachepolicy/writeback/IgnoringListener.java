package io.cachepolicy.writeback;

import java.util.Collection;

import io.cachepolicy.cache.PendingWrites;
import org.jspecify.annotations.Nullable;

/**
 * A listener of a cache that nobody reads.
 */
final class IgnoringListener implements PendingWrites.Listener {

	@Override
	public void onWritten(Object key, Object value, @Nullable Object stored) {
	}

	@Override
	public void onGivenUp(Object key) {
	}

	@Override
	public void onStoreChanged(Collection<Object> keys) {
	}

}
