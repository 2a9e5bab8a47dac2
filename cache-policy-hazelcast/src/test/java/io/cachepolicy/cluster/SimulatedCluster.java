package io.cachepolicy.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import io.cachepolicy.cluster.Message.Changes;
import io.cachepolicy.cluster.Message.Goodbye;
import io.cachepolicy.cluster.Message.Origin;
import io.cachepolicy.spi.ChangeChannel;
import io.cachepolicy.spi.PartName;
import org.jspecify.annotations.Nullable;

/**
 * Instances, the store that they share and the network between them, in a time of their
 * own. Messages arrive late, and where some get lost also out of order; instances stand
 * still, are killed and are cut off. Every read is compared with the store.
 */
final class SimulatedCluster {

	static final ClusterSettings SETTINGS = new ClusterSettings(Duration.ofSeconds(2), Duration.ofSeconds(10),
			Duration.ofMinutes(10));

	private static final long TICK = TimeUnit.MILLISECONDS.toNanos(20);

	private static final int KEYS = 20;

	/**
	 * How many rows hold one other row.
	 */
	private static final int HOLDERS = 4;

	private final Random random;

	private final boolean naive;

	private final double loss;

	private final List<Node> nodes = new ArrayList<>();

	private final PriorityQueue<Delivery> network = new PriorityQueue<>();

	private final Set<Set<Node>> cuts = new HashSet<>();

	/**
	 * The times at which the versions of each row came into being.
	 */
	private final List<List<Long>> rows = new ArrayList<>();

	private long now = TimeUnit.HOURS.toNanos(1);

	private long lossless;

	private long largestDelay;

	private long lastArrival;

	private long sent;

	private int reads;

	private int staleReads;

	/**
	 * Create a cluster of instances that have met.
	 * @param seed decides what happens
	 * @param size the number of instances
	 * @param loss the part of the messages that get lost
	 * @param naive whether instances drop what they are told and know nothing else
	 */
	SimulatedCluster(long seed, int size, double loss, boolean naive) {
		this.random = new Random(seed);
		this.naive = naive;
		this.loss = loss;
		for (int i = 0; i < KEYS; i++) {
			this.rows.add(new ArrayList<>(List.of(this.now)));
		}
		for (int i = 0; i < size; i++) {
			start();
		}
		run(Duration.ofSeconds(5));
	}

	/**
	 * Let the instances read and write.
	 * @param duration how long
	 */
	void run(Duration duration) {
		long end = this.now + duration.toNanos();
		while (this.now < end) {
			this.now += TICK;
			deliver();
			for (Node node : List.copyOf(this.nodes)) {
				if (!node.paused) {
					node.tick();
				}
			}
		}
	}

	private void deliver() {
		while (!this.network.isEmpty() && this.network.peek().time() <= this.now) {
			Delivery delivery = this.network.remove();
			if (delivery.to().paused) {
				delivery.to().waiting.add(delivery.message());
			}
			else if (this.nodes.contains(delivery.to())) {
				delivery.to().receive(delivery.message());
			}
		}
	}

	private long arrival(long delay) {
		long time = this.now + delay;
		this.lastArrival = (this.loss == 0) ? Math.max(time, this.lastArrival) : time;
		return this.lastArrival;
	}

	Node node(int index) {
		return this.nodes.get(index);
	}

	Node randomNode() {
		return this.nodes.get(this.random.nextInt(this.nodes.size()));
	}

	Node start() {
		Node node = new Node();
		this.nodes.add(node);
		this.lossless = this.now + TimeUnit.SECONDS.toNanos(5);
		return node;
	}

	void kill(Node node) {
		this.nodes.remove(node);
		this.cuts.removeIf((cut) -> cut.contains(node));
	}

	/**
	 * Stop an instance as its context does.
	 * @param node the instance
	 */
	void stop(Node node) {
		node.sender.finish();
		kill(node);
	}

	/**
	 * Let an instance stand still, now and then between a commit and what follows it.
	 * @param node the instance
	 */
	void pause(Node node) {
		if (this.random.nextBoolean()) {
			node.unpublished = node.write();
		}
		node.paused = true;
	}

	/**
	 * Let an instance go on: with any of its threads.
	 * @param node the instance
	 */
	void resume(Node node) {
		node.paused = false;
		if (this.random.nextBoolean()) {
			node.readAll();
		}
		Runnable publication = node.unpublished;
		node.unpublished = null;
		if (publication != null) {
			publication.run();
		}
		List<byte[]> waiting = List.copyOf(node.waiting);
		node.waiting.clear();
		waiting.forEach(node::receive);
		node.readAll();
	}

	/**
	 * Cut one instance off from others.
	 * @param node the instance
	 */
	void cut(Node node) {
		this.nodes.stream().filter((other) -> other != node).forEach((other) -> this.cuts.add(Set.of(node, other)));
	}

	void heal() {
		this.cuts.clear();
	}

	Duration largestDelay() {
		return Duration.ofNanos(this.largestDelay);
	}

	int reads() {
		return this.reads;
	}

	int staleReads() {
		return this.staleReads;
	}

	/**
	 * An instance.
	 */
	final class Node implements Transport {

		private final UUID id = UUID.randomUUID();

		private final long offset = SimulatedCluster.this.random.nextLong();

		private final Map<Object, Integer> entries = new HashMap<>();

		private final Outbox outbox = new Outbox();

		private final MessageCodec codec = new MessageCodec((cacheName) -> Object.class);

		private final Clears clears = new Clears(this::clock);

		private final Peers peers = new Peers(this.id, SETTINGS, this.clears, this::clock, new Differences(SETTINGS));

		private final Sender sender = new Sender(this.id, SETTINGS, this, this.codec, this.outbox, this.peers,
				() -> new Origin("node", "", null, SETTINGS.heartbeat().toNanos(), SETTINGS.maxStaleness().toNanos(),
						List.of()),
				this::clock);

		private final List<byte[]> waiting = new ArrayList<>();

		private boolean paused;

		private @Nullable Runnable unpublished;

		Node() {
			this.clears.subscribe(new Entries(this.entries));
			this.peers.setConnected(true);
			this.sender.requestSign();
			SimulatedCluster.this.nodes.forEach((other) -> other.sender.requestSign());
		}

		private long clock() {
			return SimulatedCluster.this.now + this.offset;
		}

		void tick() {
			Random random = SimulatedCluster.this.random;
			if (random.nextInt(20) == 0) {
				write().run();
			}
			this.sender.step();
			read(random.nextInt(KEYS));
		}

		/**
		 * Change a row, or one that others hold, and drop or replace own entries.
		 * @return tells the others
		 */
		Runnable write() {
			int key = SimulatedCluster.this.random.nextInt(KEYS);
			if (SimulatedCluster.this.random.nextInt(3) > 0) {
				this.entries.put(key, commit(key));
				return () -> this.outbox.add("rows", List.of(key));
			}
			int part = key / HOLDERS;
			for (int holder = part * HOLDERS; holder < (part + 1) * HOLDERS; holder++) {
				commit(holder);
				this.entries.remove(holder);
			}
			return () -> this.outbox.addParts("rows", List.of(new PartName("part", part)));
		}

		private int commit(int key) {
			List<Long> versions = SimulatedCluster.this.rows.get(key);
			versions.add(SimulatedCluster.this.now);
			return versions.size() - 1;
		}

		void readAll() {
			for (int key = 0; key < KEYS; key++) {
				read(key);
			}
		}

		private void read(int key) {
			if (!SimulatedCluster.this.naive) {
				this.peers.ensureCurrent();
			}
			List<Long> versions = SimulatedCluster.this.rows.get(key);
			int version = this.entries.computeIfAbsent(key, (absent) -> versions.size() - 1);
			SimulatedCluster.this.reads++;
			if (version < versions.size() - 1) {
				SimulatedCluster.this.staleReads++;
				long delay = SimulatedCluster.this.now - versions.get(version + 1);
				SimulatedCluster.this.largestDelay = Math.max(SimulatedCluster.this.largestDelay, delay);
			}
		}

		void receive(byte[] message) {
			try {
				Message read = this.codec.read(message);
				if (!SimulatedCluster.this.naive) {
					this.peers.receive(read);
				}
				else if (read instanceof Changes changes) {
					this.clears.apply(changes.changes());
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		Peers peers() {
			return this.peers;
		}

		Clears clears() {
			return this.clears;
		}

		@Override
		public void send(byte[] message) {
			SimulatedCluster cluster = SimulatedCluster.this;
			boolean goodbye = isGoodbye(message);
			for (Node other : cluster.nodes) {
				boolean lost = cluster.now > cluster.lossless && cluster.random.nextDouble() < cluster.loss;
				if (other != this && !cluster.cuts.contains(Set.of(this, other)) && (goodbye || !lost)) {
					long delay = TimeUnit.MILLISECONDS.toNanos(1 + cluster.random.nextInt(50));
					cluster.network.add(new Delivery(cluster.arrival(delay), cluster.sent++, other, message));
				}
			}
		}

		private boolean isGoodbye(byte[] message) {
			try {
				return this.codec.read(message) instanceof Goodbye;
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@Override
		public void open(Listener listener) {
		}

		@Override
		public boolean isActive() {
			return true;
		}

		@Override
		public int getOtherMembers() {
			return SimulatedCluster.this.nodes.size() - 1;
		}

		@Override
		public @Nullable UUID getMemberId() {
			return null;
		}

		@Override
		public String getName() {
			return "node";
		}

		@Override
		public String getAddress() {
			return "";
		}

		@Override
		public void close() {
		}

	}

	/**
	 * Drops entries.
	 *
	 * @param entries the entries
	 */
	private record Entries(Map<Object, Integer> entries) implements ChangeChannel.Receiver {

		@Override
		public void changed(String cacheName, Collection<?> keys) {
			this.entries.keySet().removeAll(Set.copyOf(keys));
		}

		@Override
		public void changedParts(String cacheName, Collection<PartName> parts) {
			parts.forEach((part) -> this.entries.keySet()
				.removeIf((key) -> Integer.valueOf((int) key / HOLDERS).equals(part.id())));
		}

		@Override
		public void changedAll(String cacheName) {
			this.entries.clear();
		}

		@Override
		public void lost() {
			this.entries.clear();
		}

	}

	/**
	 * A message under way.
	 *
	 * @param time when it arrives
	 * @param order how many were sent before
	 * @param to the receiver
	 * @param message the bytes
	 */
	private record Delivery(long time, long order, Node to, byte[] message) implements Comparable<Delivery> {

		@Override
		public int compareTo(Delivery other) {
			return (this.time != other.time) ? Long.compare(this.time, other.time)
					: Long.compare(this.order, other.order);
		}

	}

}
