package io.cachepolicy.cache;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import com.github.benmanes.caffeine.cache.Expiry;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.settings.Overflow;
import io.cachepolicy.spi.WriteObserver;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.FakeTransactionManager;
import io.cachepolicy.testsupport.Item;
import io.cachepolicy.testsupport.RecordingChannel;
import io.cachepolicy.testsupport.Reservations;
import io.cachepolicy.testsupport.Specs;
import io.cachepolicy.writeback.WriteBackFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for what is published after a commit.
 */
class PublicationTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final FakeStore store = new FakeStore();

	private final TransactionTemplate template = new TransactionTemplate(new FakeTransactionManager());

	private final RecordingChannel channel = new RecordingChannel();

	private CaffeinePolicyCache cache(Specs specs) {
		CacheInfrastructure infrastructure = new CacheInfrastructure((spec, inferred) -> this.store,
				PublicationTests::copy, new WriteBackFactory(Clock.systemUTC()), (name, caffeine) -> {
				}, WriteObserver.NONE, this.channel);
		CaffeinePolicyCache cache = new CaffeinePolicyCacheManager(List.of(specs.build()), (name) -> null,
				infrastructure, false)
			.getCache("items");
		assertThat(cache).isNotNull();
		return cache;
	}

	private static Object copy(Object value) {
		Item item = (Item) value;
		if (item.getName().equals("broken")) {
			throw new IllegalStateException("Can't be copied");
		}
		return item.copy();
	}

	/**
	 * A cache whose {@code Expiry} fails for one value.
	 */
	private CaffeinePolicyCache failing(Specs specs) {
		CacheInfrastructure infrastructure = new CacheInfrastructure((spec, inferred) -> this.store, (value) -> value,
				new WriteBackFactory(Clock.systemUTC()),
				(name, caffeine) -> caffeine.expireAfter(Expiry.writing((key, value) -> {
					if (value.equals(new Item(1L, "failing"))) {
						throw new IllegalStateException("No idea how long");
					}
					return Duration.ofHours(1);
				})));
		CaffeinePolicyCache cache = new CaffeinePolicyCacheManager(List.of(specs.build()), (name) -> null,
				infrastructure, false)
			.getCache("items");
		assertThat(cache).isNotNull();
		return cache;
	}

	@ParameterizedTest
	@EnumSource(names = { "WRITE_THROUGH", "WRITE_BACK" })
	void entryThatCanNotBeReplacedIsDropped(WritePolicy policy) {
		CaffeinePolicyCache cache = failing(Specs.of("items").policy(policy));
		this.store.rows().put(1L, new Item(1L, "old"));
		cache.get(1L);
		assertThatIllegalStateException().isThrownBy(() -> cache.put(1L, new Item(1L, "failing")));
		cache.flush(TIMEOUT);
		assertThat(this.store.rows()).containsEntry(1L, new Item(1L, "failing"));
		assertThat(cache.operations().find(1L)).isNull();
	}

	@ParameterizedTest
	@EnumSource(names = { "WRITE_THROUGH", "WRITE_BACK" })
	void committedWritesThatFollowOneThatCanNotBePublishedAreDone(WritePolicy policy) {
		CaffeinePolicyCache cache = failing(Specs.of("items").policy(policy));
		Map<Object, Object> entries = new LinkedHashMap<>();
		entries.put(1L, new Item(1L, "failing"));
		entries.put(2L, new Item(2L, "second"));
		entries.put(3L, new Item(3L, "third"));
		this.template.executeWithoutResult((status) -> {
			cache.putAll(entries);
			cache.put(4L, new Item(4L, "fourth"));
		});
		assertThat(cache.operations().find(3L)).isNotNull();
		assertThat(cache.operations().find(4L)).isNotNull();
		assertThat(cache.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.rows()).hasSize(4);
		PendingWrites deferred = cache.findPendingWrites();
		if (deferred != null) {
			PendingWrites.Reservation all = Reservations.take(deferred, 100_000);
			assertThat(all).as("all room is free").isNotNull();
			all.cancel();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "WRITE_THROUGH", "WRITE_BACK" })
	void argumentThatIsChangedBeforeCommitChangesNeitherTheWritersReadsNorTheEntry(WritePolicy policy) {
		CaffeinePolicyCache cache = cache(Specs.of("items").policy(policy));
		Item item = new Item(1L, "written");
		this.template.executeWithoutResult((status) -> {
			cache.put(1L, item);
			item.setName("changed");
			assertThat(cache.get(1L, Item.class)).isEqualTo(new Item(1L, "written"));
		});
		assertThat(cache.get(1L, Item.class)).isEqualTo(new Item(1L, "written"));
	}

	@Test
	void managedValueIsPublishedAsItIsCommitted() {
		CaffeinePolicyCache cache = cache(Specs.of("items"));
		Item item = new Item(1L, "written") {

			@Override
			public boolean equals(Object other) {
				return this == other;
			}

			@Override
			public int hashCode() {
				return 1;
			}

		};
		this.store.managed(Set.of(item));
		this.template.executeWithoutResult((status) -> {
			cache.put(1L, item);
			item.setName("flushed");
		});
		Item entry = cache.get(1L, Item.class);
		assertThat(entry).isNotNull();
		assertThat(entry.getName()).isEqualTo("flushed");
	}

	@Test
	void valueThatCantBeCopiedDoesNotKeepOthersFromBeingPublished() {
		CaffeinePolicyCache cache = cache(Specs.of("items"));
		cache.put(1L, new Item(1L, "old"));
		cache.put(2L, new Item(2L, "old"));
		Map<Object, Object> entries = new LinkedHashMap<>();
		entries.put(1L, new Item(1L, "broken"));
		entries.put(2L, new Item(2L, "new"));
		cache.putAll(entries);
		assertThat(cache.operations().find(1L)).isNull();
		assertThat(cache.get(2L, Item.class)).isEqualTo(new Item(2L, "new"));
	}

	@Test
	void managedValueThatCantBeCopiedTakesNoRoomAndDoesNotKeepOthersFromBeingAccepted() {
		CaffeinePolicyCache cache = cache(
				Specs.of("items").policy(WritePolicy.WRITE_BACK).maxPending(5).overflow(Overflow.REJECT, TIMEOUT));
		Item broken = new Item(1L, "managed");
		this.store.managed(Set.of(new Item(1L, "managed")));
		Map<Object, Object> entries = new LinkedHashMap<>();
		entries.put(1L, broken);
		entries.put(2L, new Item(2L, "new"));
		this.template.executeWithoutResult((status) -> {
			cache.putAll(entries);
			broken.setName("broken");
		});
		assertThat(cache.pendingWrites()).isOne();
		assertThat(this.channel.takePublished()).as("the transaction stored it").containsExactly("items[1]");
		cache.flush(TIMEOUT);
		assertThat(this.store.rows()).containsOnlyKeys(2L);
		CompletableFuture<Void> release = new CompletableFuture<>();
		this.store.beforeWrite((keys) -> release.join());
		for (long key = 3; key <= 7; key++) {
			cache.put(key, new Item(key, "finds room"));
		}
		assertThat(cache.pendingWrites()).isEqualTo(5);
		release.complete(null);
	}

}
