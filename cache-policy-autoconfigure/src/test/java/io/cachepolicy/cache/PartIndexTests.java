package io.cachepolicy.cache;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.spi.PartName;
import io.cachepolicy.spi.PartRange;
import io.cachepolicy.spi.RowChanges;
import io.cachepolicy.spi.StoreListener;
import io.cachepolicy.spi.StoreParts;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.FakeTransactionManager;
import io.cachepolicy.testsupport.RecordingChannel;
import io.cachepolicy.testsupport.Specs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link PartIndex}, by a cache whose values hold the parts that their text
 * names: {@code "text a b"} holds the parts {@code a} and {@code b}.
 */
class PartIndexTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final GraphStore store = new GraphStore();

	private final TransactionTemplate transaction = new TransactionTemplate(new FakeTransactionManager());

	private CaffeinePolicyCache create(Specs specs) {
		CaffeinePolicyCache cache = specs.manager(this.store).getCache("items");
		assertThat(cache).isNotNull();
		// Finds its store on first use
		assertThat(cache.core().store()).isSameAs(this.store);
		this.store.rows().putAll(Map.of(1L, "one a b", 2L, "two b c", 3L, "three"));
		return cache;
	}

	private static @Nullable String read(CaffeinePolicyCache cache, long key) {
		return cache.get(key, String.class);
	}

	private static int indexed(CaffeinePolicyCache cache) {
		return cache.core().tier().heldParts();
	}

	private void change(String part) {
		RowChanges changes = this.store.begin();
		changes.changedPart(part, Set.of());
		changes.end(true);
	}

	/**
	 * Return what changes a part, here or in another instance.
	 * @param channel brings what other instances tell
	 * @param origin where the part changes, and how it is told
	 * @return changes the part of the name that it is given
	 */
	private Consumer<String> changer(RecordingChannel channel, Origin origin) {
		return switch (origin) {
			case PART -> this::change;
			case RANGE -> (part) -> {
				RowChanges changes = this.store.begin();
				changes.changedParts(new Range(part), Set.of());
				changes.end(true);
			};
			case OTHER_INSTANCE -> (part) -> channel.receiveParts("items", new PartName(Range.ONE, part));
			case RANGE_OF_OTHER_INSTANCE -> (part) -> channel.receiveParts("items", new PartName(Range.LIKE, part));
			case UNKNOWN_OF_OTHER_INSTANCE -> (part) -> channel.receiveParts("items", new PartName("unknown", part));
			case ILLEGIBLE_OF_OTHER_INSTANCE -> (part) -> channel.receiveParts("items", new PartName(Range.ONE, null));
		};
	}

	private static void inOtherThread(Runnable action) {
		CompletableFuture.runAsync(action).orTimeout(20, TimeUnit.SECONDS).join();
	}

	@Test
	@DisplayName("R7: entries that hold a part are dropped when it changes, and no others; instances are told")
	void changeDropsHolders() {
		RecordingChannel channel = new RecordingChannel();
		CaffeinePolicyCache cache = create(Specs.of("items").channel(channel));
		cache.getAll(List.of(1L, 2L, 3L));
		this.store.rows().replaceAll((key, value) -> "new");
		change("a");
		assertThat(channel.takePublished()).containsExactly("items[one#a]");
		assertThat(List.of(Objects.requireNonNull(read(cache, 1)), Objects.requireNonNull(read(cache, 2))))
			.containsExactly("new", "two b c");
		change("b");
		assertThat(channel.takePublished()).containsExactly("items[one#b]");
		change("none");
		assertThat(channel.takePublished()).containsExactly("items[one#none]");
		assertThat(read(cache, 3)).isEqualTo("three");
		RowChanges changes = this.store.begin();
		changes.changedParts(new Range(null), Set.of());
		changes.changedPart("b", Set.of());
		changes.end(true);
		assertThat(channel.takePublished()).containsExactly("items[like, one#b]");
		assertThat(indexed(cache)).isZero();
	}

	@Test
	@DisplayName("R7: what changes with own writes is told to other instances, and to nobody if the cache is not clustered")
	void ownChangesAreTold() {
		RecordingChannel channel = new RecordingChannel();
		create(Specs.of("items").channel(channel));
		RowChanges changes = this.store.begin();
		changes.changedPart("a", Set.of(1L));
		changes.changedPart("a", Set.of(1L, 2L));
		changes.end(true);
		changes.end(true);
		assertThat(channel.takePublished()).containsExactly("items[one#a]");
		create(Specs.of("items").channel(channel).clustered(false));
		change("a");
		channel.receiveParts("items", new PartName(Range.ONE, "a"));
		assertThat(channel.takePublished()).isEmpty();
	}

	@Test
	@DisplayName("R7: what another instance changed drops the entries that hold it, and what is derived from the cache")
	void changeOfAnotherInstanceDropsHolders() {
		RecordingChannel channel = new RecordingChannel();
		CaffeinePolicyCacheManager manager = Specs.of("items")
			.invalidates("pages")
			.channel(channel)
			.manager(this.store);
		CaffeinePolicyCache cache = Objects.requireNonNull(manager.getCache("items"));
		CaffeinePolicyCache pages = Objects.requireNonNull(manager.getCache("pages"));
		this.store.rows().putAll(Map.of(1L, "one a b", 2L, "two b c", 3L, "three", 4L, "four d"));
		cache.getAll(List.of(1L, 2L, 3L, 4L));
		this.store.rows().replaceAll((key, value) -> "new");
		pages.put("page", "derived");
		channel.takePublished();
		channel.receiveParts("items", new PartName(Range.ONE, "a"), new PartName(Range.LIKE, "c"));
		assertThat(cache.getAll(List.of(1L, 2L, 3L, 4L))).containsOnly(Map.entry(1L, "new"), Map.entry(2L, "new"),
				Map.entry(3L, "three"), Map.entry(4L, "four d"));
		assertThat(pages.get("page")).isNull();
		assertThat(channel.takePublished()).isEmpty();
		channel.receiveParts("unknown", new PartName(Range.ONE, "a"));
		assertThat(read(cache, 4)).isEqualTo("four d");
		channel.receiveParts("items", new PartName(Range.ONE, "z"), new PartName("unknown", null));
		assertThat(cache.getAll(List.of(3L, 4L))).containsOnly(Map.entry(3L, "new"), Map.entry(4L, "new"));
	}

	@Test
	@DisplayName("C2: what a transaction reads that is older than the change of another instance is not cached, also if the store was not used before")
	void changeOfAnotherInstanceBeforeTheFirstUse() {
		RecordingChannel channel = new RecordingChannel();
		CaffeinePolicyCache cache = Specs.of("items").channel(channel).manager(this.store).getCache("items");
		assertThat(cache).isNotNull();
		this.store.rows().put(1L, "one a");
		this.transaction.executeWithoutResult((status) -> {
			inOtherThread(() -> channel.receiveParts("items", new PartName(Range.ONE, "a")));
			assertThat(read(cache, 1)).isEqualTo("one a");
		});
		this.store.rows().put(1L, "new");
		assertThat(read(cache, 1)).isEqualTo("new");
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("R7, C2: a load that a change of a part overtook, here or in another instance, is not cached")
	void loadThatAChangeOvertookIsNotCached(Origin origin) {
		RecordingChannel channel = new RecordingChannel();
		CaffeinePolicyCache cache = create(Specs.of("items").channel(channel));
		this.store.afterLoad = () -> inOtherThread(() -> {
			this.store.rows().put(1L, "new a b");
			changer(channel, origin).accept("a");
		});
		assertThat(read(cache, 1)).isEqualTo("one a b");
		assertThat(indexed(cache)).isZero();
		assertThat(read(cache, 1)).isEqualTo("new a b");
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("R7, C2: a reader does not join a load that began before a part changed")
	void olderLoadIsNotJoined(Origin origin) {
		RecordingChannel channel = new RecordingChannel();
		CaffeinePolicyCache cache = create(Specs.of("items").channel(channel));
		this.store.afterLoad = () -> inOtherThread(() -> {
			this.store.rows().put(1L, "new a b");
			changer(channel, origin).accept("a");
			assertThat(read(cache, 1)).isEqualTo("new a b");
		});
		assertThat(read(cache, 1)).isIn("one a b", "new a b");
		assertThat(read(cache, 1)).isEqualTo("new a b");
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("R7, C2: what a transaction read before a part changed is not cached when it commits")
	void loadOfAnOlderTransactionIsNotCached(Origin origin) {
		RecordingChannel channel = new RecordingChannel();
		CaffeinePolicyCache cache = create(Specs.of("items").channel(channel));
		this.transaction.executeWithoutResult((status) -> {
			inOtherThread(() -> changer(channel, origin).accept("a"));
			assertThat(read(cache, 1)).isEqualTo("one a b");
		});
		this.store.rows().put(1L, "new");
		assertThat(read(cache, 1)).isEqualTo("new");
	}

	@Test
	@DisplayName("R7: what a thread held from before is not cached as a part")
	void heldPartIsNotCached() {
		CaffeinePolicyCache cache = create(Specs.of("items"));
		this.store.held = Set.of("b");
		read(cache, 1);
		this.store.rows().put(1L, "new c");
		assertThat(read(cache, 1)).isEqualTo("new c");
		this.store.rows().put(1L, "unseen");
		assertThat(read(cache, 1)).isEqualTo("new c");
	}

	@Test
	@DisplayName("R6: a write that changes parts of its value keeps its entry, unless another one changed them too")
	void ownChangeOfAPart() {
		CaffeinePolicyCache cache = create(Specs.of("items"));
		this.store.beforeWrite((keys) -> {
			RowChanges changes = this.store.begin();
			changes.changedPart("a", keys);
			changes.end(true);
		});
		read(cache, 2);
		cache.put(1L, "own a b");
		this.store.rows().put(1L, "unseen");
		assertThat(read(cache, 1)).isEqualTo("own a b");
		this.store.beforeWrite((keys) -> {
			change("a");
			RowChanges changes = this.store.begin();
			changes.changedPart("a", keys);
			changes.end(true);
		});
		cache.put(1L, "own a");
		assertThat(indexed(cache)).isEqualTo(3);
		this.store.rows().put(1L, "seen");
		assertThat(read(cache, 1)).isEqualTo("seen");
	}

	@Test
	@DisplayName("R7: a pending value is not cached again once a part has changed; its flush keeps no entry")
	void pendingValue() {
		CaffeinePolicyCache cache = create(Specs.of("items").policy(WritePolicy.WRITE_BACK));
		cache.put(1L, "pending a");
		cache.put(2L, "pending b");
		change("a");
		assertThat(read(cache, 1)).isEqualTo("pending a");
		assertThat(indexed(cache)).isEqualTo(2);
		cache.flush(TIMEOUT);
		this.store.rows().replaceAll((key, value) -> "unseen");
		assertThat(read(cache, 1)).isEqualTo("unseen");
		assertThat(read(cache, 2)).isEqualTo("pending b");
	}

	@Test
	@DisplayName("R7: the index holds what entries hold, whichever way these go")
	void memoryIsGivenBack() {
		CaffeinePolicyCache cache = create(Specs.of("items").maximumSize(100L));
		for (long key = 0; key < 2000; key++) {
			this.store.rows().put(key, "text shared " + key);
			read(cache, key);
		}
		cache.getNativeCache().cleanUp();
		assertThat(cache.core().tier().heldParts()).isLessThanOrEqualTo(2 * 100 + 1);
		cache.put(1999L, "none");
		cache.clear();
		assertThat(indexed(cache)).isZero();
		read(cache, 1);
		cache.evict(1L);
		assertThat(indexed(cache)).isZero();
		read(cache, 1);
		cache.put(1L, "none");
		assertThat(indexed(cache)).isZero();
	}

	@Test
	@DisplayName("R7: the index lets go of what was dropped past the cache")
	void entriesThatAreDroppedPastTheCache() {
		CaffeinePolicyCache cache = create(Specs.of("items"));
		for (long key = 0; key < 1200; key++) {
			this.store.rows().put(key, "text " + key);
			read(cache, key);
			if (key == 1000) {
				cache.getNativeCache().invalidateAll();
			}
		}
		assertThat(indexed(cache)).isLessThan(2 * 250);
	}

	@Test
	@DisplayName("R7: an entry that takes the place of an expired one is found by its parts")
	void expiredEntry() {
		CaffeinePolicyCache cache = create(Specs.of("items").expireAfterWrite(Duration.ofMillis(20)));
		read(cache, 1);
		await().atMost(TIMEOUT).until(() -> cache.getNativeCache().getIfPresent(1L) == null);
		read(cache, 1);
		assertThat(indexed(cache)).isEqualTo(3);
		await().atMost(TIMEOUT).until(() -> {
			cache.getNativeCache().cleanUp();
			return indexed(cache) == 0;
		});
	}

	@ParameterizedTest
	@EnumSource(names = { "PART", "OTHER_INSTANCE", "RANGE_OF_OTHER_INSTANCE" })
	@DisplayName("R7, C2: many loads and changes of a shared part leave no entry that is old")
	void loadsAndChangesRace(Origin origin) {
		RecordingChannel channel = new RecordingChannel();
		Consumer<String> changer = changer(channel, origin);
		CaffeinePolicyCache cache = create(Specs.of("items").channel(channel));
		this.store.rows().put(1L, "0 a");
		CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> {
			for (int i = 0; i < 20_000; i++) {
				read(cache, 1);
				if (i % 7 == 0) {
					cache.evict(1L);
				}
			}
		});
		for (int i = 1; !reader.isDone() || i < 1000; i++) {
			this.store.rows().put(1L, i + " a");
			changer.accept("a");
			assertThat(read(cache, 1)).isEqualTo(i + " a");
		}
		reader.join();
	}

	@Test
	@DisplayName("R7: a value that is one row is in no index, and has no place there")
	void plainValuesCostNothing() {
		CaffeinePolicyCache cache = create(Specs.of("items"));
		read(cache, 3);
		cache.put(3L, "written");
		assertThat(indexed(cache)).isZero();
		Object value = "value";
		HeldParts held = cache.core().held(value, ReadMoment.NEVER);
		assertThat(held).isSameAs(HeldParts.NONE);
	}

	/**
	 * A store whose values hold parts.
	 */
	private static final class GraphStore extends FakeStore implements StoreParts {

		private volatile Set<Object> held = Set.of();

		private volatile @Nullable StoreListener listener;

		private volatile Runnable afterLoad = () -> {
		};

		RowChanges begin() {
			return Objects.requireNonNull(this.listener).begin();
		}

		@Override
		public void listen(StoreListener listener) {
			super.listen(listener);
			this.listener = listener;
		}

		@Override
		public StoreParts parts() {
			return this;
		}

		@Override
		public Collection<Object> of(Object value) {
			String[] words = value.toString().split(" ");
			return List.of((Object[]) Arrays.copyOfRange(words, 1, words.length));
		}

		@Override
		public PartName nameOf(Object part) {
			return new PartName(Range.ONE, part);
		}

		@Override
		public void tell(Collection<PartName> names, RowChanges changes) {
			for (PartName name : names) {
				switch (name.kind()) {
					case Range.ONE -> changes.changedPart(Objects.requireNonNull(name.id()), Set.of());
					case Range.LIKE -> changes.changedParts(new Range((String) name.id()), Set.of());
					default -> changes.changedAll();
				}
			}
		}

		@Override
		public boolean holdsParts() {
			return true;
		}

		@Override
		public Set<Object> heldParts() {
			return this.held;
		}

		@Override
		public @Nullable Object load(Object key) {
			Object value = super.load(key);
			Runnable action = this.afterLoad;
			this.afterLoad = () -> {
			};
			action.run();
			return value;
		}

	}

	/**
	 * A part, or all of them.
	 *
	 * @param part the part, {@code null} for all
	 */
	private record Range(@Nullable String part) implements PartRange {

		static final String ONE = "one";

		static final String LIKE = "like";

		@Override
		public boolean contains(Object candidate) {
			return this.part == null || this.part.equals(candidate);
		}

		@Override
		public Collection<PartName> names() {
			return List.of(new PartName(LIKE, this.part));
		}

	}

	/**
	 * Where a part changes, and how it is told.
	 */
	private enum Origin {

		PART, RANGE, OTHER_INSTANCE, RANGE_OF_OTHER_INSTANCE, UNKNOWN_OF_OTHER_INSTANCE, ILLEGIBLE_OF_OTHER_INSTANCE

	}

}
