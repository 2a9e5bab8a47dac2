package io.cachepolicy.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

import io.cachepolicy.cluster.FakeNetwork.End;
import io.cachepolicy.spi.ChangeChannel;
import io.cachepolicy.spi.ChannelStatus;
import io.cachepolicy.spi.ChannelStatus.State;
import io.cachepolicy.spi.PartName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ClusterChannel}.
 */
class ClusterChannelTests {

	private static final ClusterSettings SETTINGS = new ClusterSettings(Duration.ofMillis(50), Duration.ofMillis(500),
			Duration.ofSeconds(3));

	/**
	 * For tests in which nobody falls silent, however busy the machine is.
	 */
	private static final ClusterSettings PATIENT = new ClusterSettings(Duration.ofMillis(50), Duration.ofMinutes(1),
			Duration.ofMinutes(2));

	private final FakeNetwork network = new FakeNetwork();

	private final List<Instance> instances = new ArrayList<>();

	@AfterEach
	void close() {
		this.instances.forEach((instance) -> instance.channel.close());
	}

	private Instance start(String name, ClusterSettings settings, String... unclustered) {
		Instance instance = new Instance(this.network.end(name), settings);
		this.instances.add(instance);
		instance.channel.open(instance.end, (cacheName) -> Object.class, List.of(unclustered));
		return instance;
	}

	private List<Instance> startThree(ClusterSettings settings) {
		List<Instance> started = List.of(start("a", settings), start("b", settings), start("c", settings));
		await().until(() -> started.stream()
			.allMatch((instance) -> instance.status().members().size() == 2
					&& instance.status().members().stream().allMatch((member) -> member.name().length() == 1)));
		return started;
	}

	@Test
	@DisplayName("C1: a change is told to all others and not to the instance itself, a batch in one message")
	void changesAreTold() {
		List<Instance> three = startThree(PATIENT);
		three.forEach(Instance::forget);
		three.get(0).channel.publish("items", List.of(1L, 2L));
		three.get(0).channel.publishAll("pages");
		for (Instance other : three.subList(1, 3)) {
			await().until(() -> other.heard().containsAll(List.of("items[1, 2]", "pages")));
		}
		assertThat(three.get(0).heard()).isEmpty();
		assertThat(three.get(0).status().counts().sent()).isEqualTo(3);
		assertThat(three.get(1).status().counts().received()).isEqualTo(3);
		assertThat(three.get(1).status().state()).isEqualTo(State.CONNECTED);
	}

	@Test
	@DisplayName("R7, C1: what entries of others may hold is told as well, with the keys of the cache")
	void partsAreTold() {
		List<Instance> three = startThree(PATIENT);
		three.forEach(Instance::forget);
		PartName part = new PartName("Line", 7L);
		three.get(0).channel.publishParts("orders", List.of(part, new PartName("Order.lines", null)));
		for (Instance other : three.subList(1, 3)) {
			await().until(() -> other.heard()
				.contains("orders[PartName[kind=Line, id=7], PartName[kind=Order.lines, id=null]]"));
		}
		assertThat(three.get(0).heard()).isEmpty();
		assertThat(three.get(0).status().counts().sent()).isEqualTo(2);
		assertThat(three.get(1).status().counts().received()).isEqualTo(2);
	}

	@Test
	@DisplayName("C3: a burst of a million keys becomes everything, not a million messages")
	void burstIsBounded() {
		List<Instance> three = startThree(PATIENT);
		int before = three.get(0).end.sent();
		for (long key = 0; key < 1_000_000; key++) {
			three.get(0).channel.publish("items", List.of(key));
		}
		await().until(() -> three.get(1).heard().contains("items"));
		assertThat(three.get(0).end.sent() - before).isLessThan(10_000);
		assertThat(three.get(0).end.bytes()).isLessThan(20 << 20);
	}

	@Test
	@DisplayName("C3: a lost message is a gap, which clears")
	void lostMessageClears() {
		List<Instance> three = startThree(PATIENT);
		three.forEach(Instance::forget);
		AtomicBoolean once = new AtomicBoolean(true);
		this.network.lose((message) -> message[1] == 1 && once.getAndSet(false));
		three.get(0).channel.publish("items", List.of(1L));
		await().until(() -> three.get(1).heard().contains("lost") && three.get(2).heard().contains("lost"));
		assertThat(three.get(1).status().counts().gaps()).isOne();
		assertThat(three.get(1).status().lastClear().reason()).isEqualTo("changes are missing");
		assertThat(three.get(0).heard()).isEmpty();
	}

	@Test
	@DisplayName("C3: what could not be sent is a gap for others, and the sender goes on")
	void failureToSendClearsOthers() {
		List<Instance> three = startThree(SETTINGS);
		three.forEach(Instance::forget);
		this.network.fail(new IllegalStateException("no network"));
		three.get(0).channel.publish("items", List.of(1L));
		await().until(() -> three.get(1).status().state() == State.ALONE);
		this.network.fail(null);
		await().until(() -> three.get(1).status().state() == State.CONNECTED);
		await().until(() -> three.get(1).status().counts().gaps() > 0);
		assertThat(three.get(1).heard()).contains("lost");
	}

	@Test
	@DisplayName("C3: an instance that comes clears all, and one that says goodbye clears nobody")
	void joinClears() {
		List<Instance> three = startThree(PATIENT);
		three.forEach(Instance::forget);
		Instance fourth = start("d", PATIENT);
		await().until(() -> three.stream().allMatch((instance) -> instance.heard().contains("lost")));
		await().until(() -> three.get(0).status().members().size() == 3);
		assertThat(fourth.heard()).contains("lost");
		three.forEach(Instance::forget);
		fourth.channel.publish("items", List.of(4L));
		fourth.channel.close();
		assertThat(three.get(0).status().members()).hasSize(2);
		assertThat(three.get(0).heard()).containsExactly("items[4]");
	}

	@Test
	@DisplayName("C3, C4: an instance that left without a goodbye clears, again and again until it is held for dead")
	void lossOfAMemberClears() {
		List<Instance> three = startThree(SETTINGS);
		three.forEach(Instance::forget);
		three.get(2).end.vanish();
		assertThat(three.get(0).heard()).contains("lost");
		assertThat(three.get(0).status().state()).isEqualTo(State.PARTED);
		assertThat(three.get(0).status().lastClear().reason()).isEqualTo("an instance left");
		await().until(() -> three.get(0).heard().size() > 2);
		three.get(1).end.vanish();
		assertThat(three.get(0).status().state()).isEqualTo(State.ALONE);
		await().until(() -> three.get(0).status().members().isEmpty());
		assertThat(three.get(0).status().state()).isEqualTo(State.CONNECTED);
	}

	@Test
	@DisplayName("C4: another process at the address of a lost instance takes its place")
	void processWithTheSameAddressReplacesALostOne() {
		List<Instance> three = startThree(SETTINGS);
		three.get(2).end.vanish();
		assertThat(three.get(0).status().state()).isEqualTo(State.PARTED);
		start("c", SETTINGS);
		await().until(
				() -> three.get(0).status().state() == State.CONNECTED && three.get(0).status().members().size() == 2);
	}

	@Test
	@DisplayName("C3, C4: an instance that hears nobody clears by its readers, and is told when others are there again")
	void silenceClears() {
		List<Instance> three = startThree(SETTINGS);
		Instance deaf = three.get(0);
		deaf.end.setDeaf(true);
		await().until(() -> deaf.status().state() == State.ALONE);
		assertThat(deaf.status().lastClear().reason()).isEqualTo("no sign of another instance");
		// The others hear it, and that it hears nothing of them
		await().until(() -> three.get(1).status().state() == State.PARTED);
		long clears = three.get(1).status().counts().clears();
		await().until(() -> three.get(1).status().counts().clears() > clears + 1);
		assertThat(three.get(1).status().state()).isEqualTo(State.PARTED);
		deaf.end.setDeaf(false);
		await().until(() -> three.stream().allMatch((instance) -> instance.status().state() == State.CONNECTED));
	}

	@Test
	@DisplayName("C1: the first read after an instance stood still is not served from what was cached before")
	void readerClearsAfterAPause() {
		List<Instance> two = List.of(start("a", SETTINGS), start("b", SETTINGS));
		await().until(() -> two.stream().allMatch((instance) -> instance.status().members().size() == 1));
		Instance paused = two.get(0);
		paused.channel.ensureCurrent();
		paused.forget();
		paused.clock = SETTINGS.maxStaleness().toNanos();
		paused.channel.ensureCurrent();
		assertThat(paused.heard()).startsWith("lost");
	}

	@Test
	@DisplayName("C4: a channel whose transport ended keeps clearing")
	void endOfTheTransportClears() {
		List<Instance> three = startThree(SETTINGS);
		Instance ended = three.get(0);
		ended.end.end();
		await().until(() -> ended.status().state() == State.DOWN);
		long clears = ended.status().counts().clears();
		await().until(() -> ended.status().counts().clears() > clears + 1);
	}

	@Test
	@DisplayName("changes from before the start wait for it, and entries from before are cleared")
	void changesFromBeforeTheStartWait() {
		Instance early = new Instance(this.network.end("early"), PATIENT);
		this.instances.add(early);
		early.channel.publish("items", List.of(1L));
		assertThat(early.status().state()).isEqualTo(State.DOWN);
		Instance other = start("other", PATIENT);
		early.channel.open(early.end, (cacheName) -> Object.class, List.of());
		await().until(() -> other.heard().contains("items[1]"));
		assertThat(early.heard()).contains("lost");
	}

	@Test
	@DisplayName("C3: traffic to an instance that does not keep up is bounded")
	void trafficToASlowInstanceIsBounded() {
		ClusterSettings patient = new ClusterSettings(Duration.ofMillis(200), Duration.ofSeconds(30),
				Duration.ofMinutes(1));
		Instance fast = start("fast", patient);
		Instance slow = start("slow", patient);
		await().until(() -> fast.status().members().size() == 1 && slow.status().members().size() == 1);
		slow.end.setDeaf(true);
		String text = "x".repeat(1000);
		long[] key = new long[1];
		await().pollInterval(Duration.ofMillis(1)).until(() -> {
			for (int i = 0; i < 5000; i++) {
				fast.channel.publish("items", List.of(text + key[0]++));
			}
			return fast.end.bytes() > Sender.WINDOW;
		});
		int before = fast.end.sent();
		// At most one of them has changes, and a sign finds out how much is under way
		await().until(() -> fast.end.sent() > before + 1);
		long reached = fast.end.bytes();
		int messages = fast.end.sent();
		long begin = System.nanoTime();
		for (int i = 0; i < 2_000_000; i++) {
			fast.channel.publish("items", List.of(key[0]++));
		}
		long heartbeats = 1 + (System.nanoTime() - begin) / patient.heartbeat().toNanos();
		// A sign, and the changes that came up to it
		assertThat(fast.end.sent() - messages).isLessThanOrEqualTo(2 * (int) heartbeats + 2);
		assertThat(fast.end.bytes() - reached).isLessThan(Sender.WINDOW);
	}

	@Test
	@DisplayName("settings that can't work together are told")
	void settingsThatCannotWorkTogetherAreTold() throws InterruptedException {
		start("a", SETTINGS);
		Instance slow = start("slow",
				new ClusterSettings(Duration.ofMillis(400), Duration.ofSeconds(2), Duration.ofSeconds(3)));
		assertThat(slow.channel.meet(Duration.ofSeconds(5))).contains("Instance a", "PT0.05S", "PT0.5S", "PT0.4S");
	}

	@Test
	void settingsThatDifferAndWorkTogetherAreNoConflict() throws InterruptedException {
		start("a", SETTINGS);
		Instance other = start("b",
				new ClusterSettings(Duration.ofMillis(60), Duration.ofMillis(600), Duration.ofSeconds(3)), "pages");
		assertThat(other.channel.meet(Duration.ofSeconds(5))).isNull();
		assertThat(other.status().members()).hasSize(1);
	}

	@Test
	@DisplayName("C3: a message of another version clears")
	void unreadableMessageClears() {
		Instance instance = start("a", PATIENT);
		instance.forget();
		instance.end.listener().received(new byte[] { 99 });
		assertThat(instance.heard()).containsExactly("lost");
		instance.end.listener().reconnected("again");
		assertThat(instance.heard()).hasSize(2);
	}

	/**
	 * An instance.
	 */
	private static final class Instance implements ChangeChannel.Receiver {

		private final List<String> heard = new CopyOnWriteArrayList<>();

		private final End end;

		private final ClusterChannel channel;

		private volatile long clock;

		Instance(End end, ClusterSettings settings) {
			this.end = end;
			this.channel = new ClusterChannel(settings, () -> System.nanoTime() + this.clock);
			this.channel.subscribe(this);
		}

		ChannelStatus status() {
			return this.channel.status();
		}

		List<String> heard() {
			return this.heard;
		}

		void forget() {
			this.heard.clear();
		}

		@Override
		public void changed(String cacheName, Collection<?> keys) {
			this.heard.add(cacheName + keys);
		}

		@Override
		public void changedParts(String cacheName, Collection<PartName> parts) {
			this.heard.add(cacheName + parts);
		}

		@Override
		public void changedAll(String cacheName) {
			this.heard.add(cacheName);
		}

		@Override
		public void lost() {
			this.heard.add("lost");
		}

	}

}
