package io.cachepolicy.cache;

import java.util.Collection;
import java.util.function.Supplier;

import io.cachepolicy.spi.ChangeChannel;
import io.cachepolicy.spi.PartName;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What follows from a change of a cache: caches that are derived from it are cleared, and
 * other instances of the application are told once they can see the change.
 */
final class CacheChanges {

	private static final Log logger = LogFactory.getLog(CacheChanges.class);

	private final String cacheName;

	private final Runnable clearDerived;

	private final ChangeChannel channel;

	private final boolean connected;

	private volatile boolean complained;

	/**
	 * Create an instance.
	 * @param cacheName the name of the cache
	 * @param clearDerived clears the caches that are derived from this one
	 * @param channel leads to other instances
	 */
	CacheChanges(String cacheName, Runnable clearDerived, ChangeChannel channel) {
		this.cacheName = cacheName;
		this.clearDerived = clearDerived;
		this.channel = channel;
		this.connected = channel != ChangeChannel.NONE;
	}

	/**
	 * Make sure that what is read next is not older than other instances may leave it.
	 */
	void ensureCurrent() {
		if (this.connected) {
			this.channel.ensureCurrent();
		}
	}

	/**
	 * Something was written that others can't see in the store yet.
	 */
	void written() {
		this.clearDerived.run();
	}

	/**
	 * The store, or a cache without one, holds something else for keys.
	 * @param keys the keys
	 */
	void published(Collection<?> keys) {
		this.clearDerived.run();
		tell(() -> this.channel.publish(this.cacheName, keys));
	}

	/**
	 * The store holds something else of what values hold besides their own rows.
	 * @param parts yields the names of what changed
	 */
	void partsPublished(Supplier<Collection<PartName>> parts) {
		this.clearDerived.run();
		if (this.connected) {
			tell(() -> this.channel.publishParts(this.cacheName, parts.get()));
		}
	}

	/**
	 * Entries were dropped: on demand, or because nobody knows what the store has.
	 * @param keys the keys
	 */
	void dropped(Collection<?> keys) {
		if (!keys.isEmpty()) {
			tell(() -> this.channel.publish(this.cacheName, keys));
		}
	}

	/**
	 * All entries were dropped.
	 */
	void cleared() {
		tell(() -> this.channel.publishAll(this.cacheName));
	}

	/**
	 * Tell other instances. The change is done, so nothing that a channel throws may keep
	 * the cache from taking it over.
	 * @param message the message
	 */
	private void tell(Runnable message) {
		try {
			message.run();
			this.complained = false;
		}
		catch (Throwable ex) {
			if (!this.complained) {
				this.complained = true;
				logger.warn("Other instances are not told of changes of cache '" + this.cacheName + "'", ex);
			}
		}
	}

}
