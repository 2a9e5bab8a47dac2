package io.cachepolicy.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;

import io.cachepolicy.cluster.Message.Origin;
import io.cachepolicy.cluster.Peers.PeerState;
import io.cachepolicy.cluster.Peers.Snapshot;
import io.cachepolicy.spi.ChangeChannel;
import io.cachepolicy.spi.ChangeChannel.Receiver;
import io.cachepolicy.spi.ChannelStatus;
import io.cachepolicy.spi.ChannelStatus.Member;
import io.cachepolicy.spi.ChannelStatus.State;
import io.cachepolicy.spi.PartName;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ChangeChannel} over a {@link Transport} that may lose what it is given.
 * <p>
 * Changes that are published before {@link #open} wait for it; entries that are cached
 * before are cleared then. Thread-safe.
 */
public final class ClusterChannel implements ChangeChannel {

	private static final Log logger = LogFactory.getLog(ClusterChannel.class);

	private static final long GOODBYE_TIMEOUT_MILLIS = 2000;

	private final UUID id = UUID.randomUUID();

	private final ClusterSettings settings;

	private final LongSupplier clock;

	private final Outbox outbox = new Outbox();

	private final Clears clears;

	private final Differences differences;

	private final Peers peers;

	private volatile @Nullable Connection connection;

	/**
	 * Create a channel that is not connected.
	 * @param settings how instances watch each other
	 */
	public ClusterChannel(ClusterSettings settings) {
		this(settings, System::nanoTime);
	}

	ClusterChannel(ClusterSettings settings, LongSupplier clock) {
		this.settings = settings;
		this.clock = clock;
		this.clears = new Clears(clock);
		this.differences = new Differences(settings);
		this.peers = new Peers(this.id, settings, this.clears, clock, this.differences);
	}

	/**
	 * Connect to others. Everything that is cached is cleared: others may have changed
	 * it.
	 * @param transport leads to others
	 * @param keyTypes the types of what is told
	 * @param unclustered the caches that are not shared
	 */
	public void open(Transport transport, KeyTypes keyTypes, List<String> unclustered) {
		this.differences.setUnclustered(unclustered);
		MessageCodec codec = new MessageCodec(keyTypes);
		Sender sender = new Sender(this.id, this.settings, transport, codec, this.outbox, this.peers,
				() -> origin(transport), this.clock);
		transport.open(new Receiving(codec, sender));
		this.peers.setConnected(true);
		this.connection = new Connection(transport, sender);
		sender.start();
	}

	private Origin origin(Transport transport) {
		return new Origin(transport.getName(), transport.getAddress(), transport.getMemberId(),
				this.settings.heartbeat().toNanos(), this.settings.maxStaleness().toNanos(),
				this.differences.unclustered());
	}

	/**
	 * Wait until all other members were heard.
	 * @param timeout the longest to wait, as members need not be instances
	 * @return what of their settings does not work with those of this instance,
	 * {@code null} if there is nothing
	 * @throws InterruptedException if the thread is interrupted
	 */
	public @Nullable String meet(Duration timeout) throws InterruptedException {
		Connection connection = this.connection;
		if (connection != null) {
			this.peers.awaitMeeting(connection.transport()::getOtherMembers, timeout);
		}
		return this.differences.conflict();
	}

	/**
	 * Say goodbye to others. Nothing is told or heard any more.
	 */
	public void close() {
		Connection connection = this.connection;
		if (connection != null) {
			this.connection = null;
			connection.sender().stop(GOODBYE_TIMEOUT_MILLIS);
			this.peers.setConnected(false);
			connection.transport().close();
		}
	}

	@Override
	public void publish(String cacheName, Collection<?> keys) {
		if (this.outbox.add(cacheName, keys)) {
			wake();
		}
	}

	@Override
	public void publishAll(String cacheName) {
		if (this.outbox.addAll(cacheName)) {
			wake();
		}
	}

	@Override
	public void publishParts(String cacheName, Collection<PartName> parts) {
		if (this.outbox.addParts(cacheName, parts)) {
			wake();
		}
	}

	private void wake() {
		Connection connection = this.connection;
		if (connection != null) {
			connection.sender().wake();
		}
	}

	@Override
	public void subscribe(Receiver receiver) {
		this.clears.subscribe(receiver);
	}

	@Override
	public void ensureCurrent() {
		this.peers.ensureCurrent();
	}

	@Override
	public ChannelStatus status() {
		Snapshot snapshot = this.peers.snapshot();
		List<Member> members = snapshot.peers()
			.stream()
			.map((peer) -> new Member(peer.id().toString(), peer.name(), peer.silent(), peer.lag()))
			.toList();
		Duration lag = members.stream().map(Member::lag).max(Duration::compareTo).orElse(Duration.ZERO);
		Connection connection = this.connection;
		ChannelStatus.Counts counts = new ChannelStatus.Counts((connection != null) ? connection.sender().sent() : 0,
				this.clears.received(), snapshot.gaps(), this.clears.count());
		return new ChannelStatus(state(snapshot), members, lag, counts, lastClear());
	}

	private static State state(Snapshot snapshot) {
		if (!snapshot.connected()) {
			return State.DOWN;
		}
		long silent = snapshot.peers().stream().filter(PeerState::silent).count();
		if (silent == 0) {
			return State.CONNECTED;
		}
		return (silent < snapshot.peers().size()) ? State.PARTED : State.ALONE;
	}

	private ChannelStatus.@Nullable Clear lastClear() {
		return (this.clears.count() > 0) ? new ChannelStatus.Clear(this.clears.reason(),
				Duration.ofNanos(this.clock.getAsLong() - this.clears.last())) : null;
	}

	/**
	 * What leads to others.
	 *
	 * @param transport the transport
	 * @param sender sends on it
	 */
	private record Connection(Transport transport, Sender sender) {

	}

	/**
	 * Hands on what the transport brings.
	 */
	private final class Receiving implements Transport.Listener {

		private final MessageCodec codec;

		private final Sender sender;

		private volatile boolean warned;

		Receiving(MessageCodec codec, Sender sender) {
			this.codec = codec;
			this.sender = sender;
		}

		@Override
		public void received(byte[] bytes) {
			try {
				ClusterChannel.this.peers.receive(this.codec.read(bytes));
			}
			catch (IOException | RuntimeException ex) {
				if (!this.warned) {
					this.warned = true;
					logger.warn("A message can't be read: clustered caches are cleared", ex);
				}
				ClusterChannel.this.peers.unreadable();
			}
		}

		@Override
		public void memberAdded() {
			this.sender.requestSign();
		}

		@Override
		public void memberRemoved(UUID memberId) {
			ClusterChannel.this.peers.removed(memberId);
		}

		@Override
		public void reconnected(String reason) {
			ClusterChannel.this.peers.reconnected(reason);
			this.sender.requestSign();
		}

	}

}
