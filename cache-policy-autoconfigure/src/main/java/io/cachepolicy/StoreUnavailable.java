package io.cachepolicy;

import java.util.Set;

import io.cachepolicy.text.FailureText;

/**
 * Event: a store went away, so that deferred writes stay pending until it is back.
 * Published once per outage, by a thread of its own.
 *
 * @param caches the names of the caches that defer writes to it
 * @param pendingWrites how many of their writes are pending
 * @param reason what the store threw
 */
public record StoreUnavailable(Set<String> caches, long pendingWrites, Throwable reason) {

	@Override
	public String toString() {
		return "StoreUnavailable[caches=%s, pendingWrites=%d, reason=%s]".formatted(this.caches, this.pendingWrites,
				FailureText.of(this.reason));
	}

}
