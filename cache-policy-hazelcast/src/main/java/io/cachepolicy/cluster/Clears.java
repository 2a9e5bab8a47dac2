package io.cachepolicy.cluster;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import io.cachepolicy.cluster.Message.Change;
import io.cachepolicy.spi.ChangeChannel.Receiver;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Tells the receivers of this instance what changed elsewhere, and when they were told
 * last that anything may have. Used under the lock of {@link Peers}.
 */
final class Clears {

	private static final Log logger = LogFactory.getLog(Clears.class);

	private final List<Receiver> receivers = new CopyOnWriteArrayList<>();

	private final LongSupplier clock;

	private volatile long last;

	private volatile String reason = "";

	private volatile long count;

	private volatile long received;

	Clears(LongSupplier clock) {
		this.clock = clock;
		this.last = clock.getAsLong();
	}

	void subscribe(Receiver receiver) {
		this.receivers.add(receiver);
	}

	/**
	 * Clear: what is cached afterwards was read after this began.
	 * @param reason the reason, for people
	 */
	@SuppressWarnings("NonAtomicOperationOnVolatileField")
	void clear(String reason) {
		long begin = this.clock.getAsLong();
		tell(Receiver::lost);
		this.last = begin;
		this.reason = reason;
		this.count++;
	}

	/**
	 * Drop what changed.
	 * @param changes the changes
	 */
	void apply(List<Change> changes) {
		for (Change change : changes) {
			List<Object> keys = change.keys();
			this.received += change.count();
			tell((receiver) -> {
				if (keys == null) {
					receiver.changedAll(change.cacheName());
					return;
				}
				if (!keys.isEmpty()) {
					receiver.changed(change.cacheName(), keys);
				}
				if (!change.parts().isEmpty()) {
					receiver.changedParts(change.cacheName(), change.parts());
				}
			});
		}
	}

	private void tell(Consumer<Receiver> message) {
		for (Receiver receiver : this.receivers) {
			try {
				message.accept(receiver);
			}
			catch (RuntimeException ex) {
				logger.error("Entries that another instance changed could not be dropped", ex);
			}
		}
	}

	/**
	 * Return when the last clear began.
	 * @return the time by the clock of this instance, that of the start if there was none
	 */
	long last() {
		return this.last;
	}

	String reason() {
		return this.reason;
	}

	long count() {
		return this.count;
	}

	long received() {
		return this.received;
	}

}
