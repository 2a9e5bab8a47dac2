package io.cachepolicy.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

import io.cachepolicy.cluster.Message.Changes;
import io.cachepolicy.cluster.Message.Echo;
import io.cachepolicy.cluster.Message.Goodbye;
import io.cachepolicy.cluster.Message.Sign;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The other instances, and up to when their changes are certainly here.
 * <p>
 * <b>Invariant.</b> No entry of a clustered cache is read later than the longest
 * staleness after another instance, which this one has met, offered its change to be
 * sent. It holds without a common clock: a sign of this instance carries its own time,
 * another instance echoes the last time that it heard, and takes the echo before it sends
 * what was offered up to then. So when an echo is here, and no number is missing, every
 * change from before that time is here as well, or was covered by a clear. The smallest
 * of these times, moved on by each clear, plus the longest staleness is
 * {@link #currentUntil}: a reader that comes later clears first. So it does not matter
 * why a sign did not come, or which thread of a process runs first after a pause.
 * <p>
 * All state is guarded by this object's monitor, which is held while receivers are told,
 * and never while anything is sent. Receivers call nothing of the channel.
 */
final class Peers {

	private static final Log logger = LogFactory.getLog(Peers.class);

	/**
	 * A time that does not come, to be recognized before it is compared.
	 */
	private static final long NEVER = Long.MIN_VALUE;

	private static final int MAX_DEPARTED = 1000;

	private final UUID self;

	private final ClusterSettings settings;

	private final Clears clears;

	private final LongSupplier clock;

	private final Differences differences;

	private final Map<UUID, Peer> peers = new LinkedHashMap<>();

	private final Set<UUID> departed = Collections.newSetFromMap(new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<UUID, Boolean> eldest) {
			return size() > MAX_DEPARTED;
		}

	});

	private boolean connected;

	private long gaps;

	private volatile long currentUntil;

	Peers(UUID self, ClusterSettings settings, Clears clears, LongSupplier clock, Differences differences) {
		this.self = self;
		this.settings = settings;
		this.clears = clears;
		this.clock = clock;
		this.differences = differences;
		update();
	}

	/**
	 * Keep a reader from entries that may be older than is allowed.
	 */
	void ensureCurrent() {
		long until = this.currentUntil;
		if (until != NEVER && this.clock.getAsLong() - until >= 0) {
			expire();
		}
	}

	/**
	 * Clear if nothing else can be known of the entries, and give up instances that are
	 * silent for too long.
	 */
	synchronized void expire() {
		long now = this.clock.getAsLong();
		if (this.currentUntil != NEVER && now - this.currentUntil >= 0) {
			List<String> silenced = new ArrayList<>();
			for (Peer peer : this.peers.values()) {
				if (now - from(peer) >= this.settings.maxStaleness().toNanos() && !peer.isSilent()) {
					peer.setSilent(true);
					silenced.add(peer.name());
				}
			}
			if (!silenced.isEmpty()) {
				logger.warn(
						("No sign of %s within %s: clustered caches are cleared, and again every %2$s until there is a "
								+ "sign, a goodbye, or %s have passed")
							.formatted(silenced, this.settings.maxStaleness(), this.settings.forgetAfter()));
			}
			clear("no sign of another instance");
		}
		forget(now);
		update();
	}

	private void forget(long now) {
		this.peers.values().removeIf((peer) -> {
			boolean dead = this.connected && peer.isSilent()
					&& now - peer.heardAt() >= this.settings.forgetAfter().toNanos();
			if (dead) {
				logger.warn(
						"Instance %s gave no sign within %s and is held for dead. If it lives, what it changes is not seen here"
							.formatted(peer.name(), this.settings.forgetAfter()));
			}
			return dead;
		});
	}

	/**
	 * Receiving has begun, or can't go on.
	 * @param connected whether others can be heard
	 */
	synchronized void setConnected(boolean connected) {
		if (this.connected != connected) {
			this.connected = connected;
			clear((connected) ? "start" : "the channel ended");
		}
	}

	/**
	 * Take a message of another instance.
	 * @param message the message
	 */
	synchronized void receive(Message message) {
		if (message.sender().equals(this.self)) {
			return;
		}
		if (message instanceof Changes changes) {
			this.clears.apply(changes.changes());
		}
		if (message instanceof Goodbye) {
			depart(message);
		}
		else if (!this.departed.contains(message.sender())) {
			take(message);
		}
		update();
		notifyAll();
	}

	private void depart(Message goodbye) {
		Peer peer = this.peers.remove(goodbye.sender());
		this.departed.add(goodbye.sender());
		if (peer != null) {
			logger.info("Instance %s says goodbye".formatted(peer.name()));
			if (!peer.advance(goodbye.number(), goodbye.number())) {
				clearForGap(peer);
			}
		}
	}

	private void take(Message message) {
		long now = this.clock.getAsLong();
		Peer known = this.peers.get(message.sender());
		Peer peer = (known != null) ? known : new Peer(message.sender(), message.number(), now);
		if (known == null) {
			this.peers.put(peer.id(), peer);
			clear("another instance came");
		}
		long expected = (message instanceof Changes) ? message.number() - 1 : message.number();
		if (!peer.advance(message.number(), expected)) {
			clearForGap(peer);
		}
		if (message instanceof Sign sign) {
			boolean first = peer.origin() == null;
			peer.heard(sign, now, this.self);
			endSilence(peer, now);
			if (first) {
				logger.info("Instance %s is heard".formatted(peer.name()));
				dropReplaced();
			}
			this.differences.check(peer.id(), sign.origin());
		}
	}

	/**
	 * Take an instance for one that is there, if it hears this one as well: what it says
	 * without that bounds the age of nothing.
	 * @param peer the instance
	 * @param now the time
	 */
	private void endSilence(Peer peer, long now) {
		if (peer.isSilent() && now - peer.currentAt() < this.settings.maxStaleness().toNanos()) {
			peer.setSilent(false);
			logger.info("Instance %s is heard again: clustered caches are cleared".formatted(peer.name()));
			clear("an instance is heard again");
		}
	}

	private void clearForGap(Peer peer) {
		this.gaps++;
		logger.info("Changes of instance %s are missing: clustered caches are cleared".formatted(peer.name()));
		clear("changes are missing");
	}

	/**
	 * Forget processes that are dead, as another one has their address.
	 */
	private void dropReplaced() {
		Set<String> taken = new HashSet<>();
		this.peers.values().stream().filter((peer) -> !isLost(peer)).forEach((peer) -> taken.add(peer.address()));
		taken.remove("");
		this.peers.values().removeIf((peer) -> isLost(peer) && taken.contains(peer.address()));
	}

	private static boolean isLost(Peer peer) {
		return peer.isSilent() || peer.isRemoved();
	}

	/**
	 * Messages came that can't be read.
	 */
	synchronized void unreadable() {
		clear("a message can't be read");
	}

	/**
	 * The transport can't reach a member. Without a goodbye its last changes may be lost.
	 * @param memberId the identity of the member
	 */
	synchronized void removed(UUID memberId) {
		for (Peer peer : this.peers.values()) {
			if (peer.isMember(memberId)) {
				peer.setRemoved();
				if (!peer.isSilent()) {
					peer.setSilent(true);
					logger.warn(
							("Instance %s left without a goodbye: clustered caches are cleared, and again every %s until "
									+ "there is a sign of it, another process takes its place, or %s have passed")
								.formatted(peer.name(), this.settings.maxStaleness(), this.settings.forgetAfter()));
					clear("an instance left");
				}
			}
		}
		dropReplaced();
		update();
		notifyAll();
	}

	/**
	 * The connection to others was interrupted.
	 * @param reason what happened
	 */
	synchronized void reconnected(String reason) {
		logger.info("Clustered caches are cleared: %s".formatted(reason));
		clear(reason);
	}

	private void clear(String reason) {
		this.clears.clear(reason);
		update();
	}

	private long from(Peer peer) {
		return later(peer.currentAt(), this.clears.last());
	}

	private static long later(long one, long other) {
		return (one - other > 0) ? one : other;
	}

	private void update() {
		long maxStaleness = this.settings.maxStaleness().toNanos();
		if (!this.connected) {
			this.currentUntil = avoidNever(this.clears.last() + maxStaleness);
			return;
		}
		long until = NEVER;
		for (Peer peer : this.peers.values()) {
			long peerUntil = avoidNever(from(peer) + maxStaleness);
			until = (until == NEVER || peerUntil - until < 0) ? peerUntil : until;
		}
		this.currentUntil = until;
	}

	private static long avoidNever(long time) {
		return (time != NEVER) ? time : NEVER + 1;
	}

	/**
	 * Return what was heard of others. To be taken before the changes that are sent with
	 * it.
	 * @return the last times and numbers
	 */
	synchronized List<Echo> echoes() {
		return this.peers.values().stream().filter((peer) -> peer.origin() != null).map(Peer::toEcho).toList();
	}

	/**
	 * Return the number of the last of our changes that every instance received to which
	 * something may still be under way.
	 * @return the number, {@code null} if nothing is under way
	 */
	synchronized @Nullable Long acknowledged() {
		return this.peers.values()
			.stream()
			.filter((peer) -> !peer.isRemoved() && peer.origin() != null)
			.map(Peer::acknowledged)
			.min(Long::compare)
			.orElse(null);
	}

	/**
	 * Wait until as many instances were heard of, by a sign, as there are other members,
	 * or one whose settings do not work with those of this instance.
	 * @param others yields the number of other members, which may change
	 * @param timeout the longest to wait
	 * @throws InterruptedException if the thread is interrupted
	 */
	synchronized void awaitMeeting(IntSupplier others, Duration timeout) throws InterruptedException {
		long deadline = System.nanoTime() + timeout.toNanos();
		while (this.differences.conflict() == null && met() < others.getAsInt()) {
			long remaining = deadline - System.nanoTime();
			if (remaining <= 0) {
				return;
			}
			TimeUnit.NANOSECONDS.timedWait(this, remaining);
		}
	}

	private long met() {
		return this.peers.values().stream().filter((peer) -> peer.origin() != null).count();
	}

	/**
	 * Show the state.
	 * @return the instances, and what can be said of all of them
	 */
	synchronized Snapshot snapshot() {
		long now = this.clock.getAsLong();
		List<PeerState> states = new ArrayList<>();
		for (Peer peer : this.peers.values()) {
			states.add(new PeerState(peer.id(), peer.name(), peer.isSilent(), Duration.ofNanos(now - from(peer))));
		}
		return new Snapshot(this.connected, states, this.gaps);
	}

	/**
	 * The state at a time.
	 *
	 * @param connected whether others can be heard
	 * @param peers the instances
	 * @param gaps how often messages were missing
	 */
	record Snapshot(boolean connected, List<PeerState> peers, long gaps) {

	}

	/**
	 * The state of an instance.
	 *
	 * @param id identifies it
	 * @param name its name
	 * @param silent whether it fell silent
	 * @param lag the time for which changes of it may be missing
	 */
	record PeerState(UUID id, String name, boolean silent, Duration lag) {

	}

}
