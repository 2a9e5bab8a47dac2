package io.cachepolicy.cluster;

import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.cachepolicy.cluster.Message.Change;
import io.cachepolicy.cluster.Message.Changes;
import io.cachepolicy.cluster.Message.Echo;
import io.cachepolicy.cluster.Message.Goodbye;
import io.cachepolicy.cluster.Message.Origin;
import io.cachepolicy.cluster.Message.Sign;
import io.cachepolicy.spi.OwnThreads;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The one thread that sends, so that numbers follow each other and a sign comes after
 * what it covers. Those that change entries never wait for it.
 * <p>
 * Traffic is bounded: after changes were sent there is a pause, in which further ones
 * collect in the {@link Outbox}; and while a member has not acknowledged {@value #WINDOW}
 * bytes, changes are sent with the signs only.
 * <p>
 * The thread says that it is idle before it looks at the outbox once more: either it sees
 * a change, or who added the change sees that it is idle.
 */
final class Sender implements Runnable {

	private static final Log logger = LogFactory.getLog(Sender.class);

	private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(2);

	private static final long TICK = TimeUnit.MILLISECONDS.toNanos(200);

	/**
	 * The most bytes that may be under way to a member.
	 */
	static final long WINDOW = 16 << 20;

	private final UUID self;

	private final ClusterSettings settings;

	private final Transport transport;

	private final MessageCodec codec;

	private final Outbox outbox;

	private final Peers peers;

	private final Supplier<Origin> origin;

	private final LongSupplier clock;

	private final Thread thread;

	/**
	 * The bytes that were sent up to a number, noted with each sign.
	 */
	private final NavigableMap<Long, Long> marks = new TreeMap<>();

	private volatile long number;

	private volatile long sent;

	private volatile boolean signRequested;

	private volatile boolean stopping;

	private volatile boolean idle;

	private long bytes;

	private boolean narrow;

	private boolean failing;

	private long nextSign;

	private long nextChanges;

	private long nextCheck;

	Sender(UUID self, ClusterSettings settings, Transport transport, MessageCodec codec, Outbox outbox, Peers peers,
			Supplier<Origin> origin, LongSupplier clock) {
		this.self = self;
		this.settings = settings;
		this.transport = transport;
		this.codec = codec;
		this.outbox = outbox;
		this.peers = peers;
		this.origin = origin;
		this.clock = clock;
		this.nextSign = clock.getAsLong();
		this.nextCheck = this.nextSign;
		this.nextChanges = this.nextSign;
		this.thread = new OwnThreads().create("cache-policy-cluster", this);
	}

	void start() {
		this.thread.start();
	}

	/**
	 * Let changes be sent soon.
	 */
	void wake() {
		if (this.idle) {
			LockSupport.unpark(this.thread);
		}
	}

	/**
	 * Let a sign be sent soon.
	 */
	void requestSign() {
		this.signRequested = true;
		LockSupport.unpark(this.thread);
	}

	/**
	 * Send what is left and a goodbye, and end.
	 * @param timeoutMillis the longest to wait
	 */
	void stop(long timeoutMillis) {
		this.stopping = true;
		LockSupport.unpark(this.thread);
		try {
			this.thread.join(timeoutMillis);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Return how many changes were sent.
	 * @return the number of keys, and of caches of which any key may have changed
	 */
	long sent() {
		return this.sent;
	}

	@Override
	public void run() {
		while (!this.stopping) {
			try {
				step();
			}
			catch (Throwable ex) {
				// Nothing may end this thread: others would wait for its signs
				report(ex);
			}
			await();
		}
		finish();
	}

	private void await() {
		long pause = this.nextChanges - this.clock.getAsLong();
		if (pause > 0) {
			LockSupport.parkNanos(this, pause);
		}
		this.idle = true;
		if (!isReady() && !this.signRequested && !this.stopping) {
			LockSupport.parkNanos(this, TICK);
		}
		this.idle = false;
	}

	/**
	 * Send what is left and a goodbye.
	 */
	void finish() {
		say(this.outbox.drain());
		send(new Goodbye(this.self, this.number));
	}

	private boolean isReady() {
		return !this.narrow && !this.outbox.isEmpty();
	}

	/**
	 * Do what is due. Called by the thread of this object only.
	 */
	void step() {
		boolean active = this.transport.isActive();
		if (!active) {
			this.peers.setConnected(false);
		}
		if (this.clock.getAsLong() - this.nextCheck >= 0) {
			this.nextCheck = this.clock.getAsLong() + TICK;
			this.peers.expire();
		}
		if (!active) {
			this.outbox.drain();
			return;
		}
		boolean sign = this.signRequested || this.clock.getAsLong() - this.nextSign >= 0;
		if (sign) {
			sign();
		}
		else if (isReady() && this.clock.getAsLong() - this.nextChanges >= 0) {
			say(this.outbox.drain());
		}
	}

	private void sign() {
		this.signRequested = false;
		this.nextSign = this.clock.getAsLong() + this.settings.heartbeat().toNanos();
		// First the echoes: the changes that were offered before are among those that
		// follow
		List<Echo> echoes = this.peers.echoes();
		say(this.outbox.drain());
		send(new Sign(this.self, this.number, this.clock.getAsLong(), this.origin.get(), echoes));
		measure();
	}

	private void say(List<Change> changes) {
		if (!changes.isEmpty()) {
			this.number = this.number + 1;
			this.nextChanges = this.clock.getAsLong() + PAUSE;
			if (send(new Changes(this.self, this.number, changes))) {
				this.sent = this.sent + changes.stream().mapToInt(Change::count).sum();
			}
		}
	}

	/**
	 * Send. What fails is not sent again: its number will be missing.
	 * @param message the message
	 * @return whether it was sent
	 */
	private boolean send(Message message) {
		try {
			byte[] encoded = this.codec.write(message);
			this.bytes += encoded.length;
			this.transport.send(encoded);
			if (this.failing) {
				this.failing = false;
				logger.info("Other instances are told of changes again");
			}
			return true;
		}
		catch (Throwable ex) {
			report(ex);
			return false;
		}
	}

	private void report(Throwable ex) {
		if (!this.failing) {
			this.failing = true;
			logger.warn("Other instances could not be told of changes: they will clear their clustered caches", ex);
		}
	}

	private void measure() {
		this.marks.put(this.number, this.bytes);
		Long acknowledged = this.peers.acknowledged();
		Long begin = (acknowledged != null) ? this.marks.floorKey(acknowledged) : this.marks.lastKey();
		if (begin != null) {
			this.marks.headMap(begin, false).clear();
		}
		long underWay = this.bytes - this.marks.firstEntry().getValue();
		boolean wide = underWay <= WINDOW;
		if (this.narrow == wide) {
			this.narrow = !wide;
			logger.info((wide) ? "All instances keep up with changes again"
					: "An instance does not keep up with changes: they are collected, and sent every %s"
						.formatted(this.settings.heartbeat()));
		}
	}

}
