package io.cachepolicy.cache;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.spi.ChangeChannel;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.FakeTransactionManager;
import io.cachepolicy.testsupport.Item;
import io.cachepolicy.testsupport.RecordingChannel;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link CacheChanges}: what other instances are told and when, and what is
 * done with what they and the store tell.
 */
class CacheChangesTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final FakeStore store = new FakeStore();

	private final RecordingChannel channel = new RecordingChannel();

	private final TransactionTemplate template = new TransactionTemplate(new FakeTransactionManager());

	private CaffeinePolicyCacheManager manager;

	private PolicyCache create(Specs specs) {
		this.manager = specs.channel(this.channel).manager(this.store);
		PolicyCache cache = this.manager.getCache("items");
		assertThat(cache).isNotNull();
		return cache;
	}

	@ParameterizedTest
	@EnumSource(names = { "WRITE_THROUGH", "WRITE_AROUND" })
	void writeIsToldWhenItIsStored(WritePolicy policy) {
		PolicyCache cache = create(Specs.of("items").policy(policy));
		this.store.beforeWrite((keys) -> assertThat(this.channel.takePublished()).isEmpty());
		cache.put(1L, new Item(1L, "one"));
		assertThat(this.channel.takePublished()).containsExactly("items[1]");
		cache.putAll(Map.of(1L, new Item(1L, "one"), 2L, new Item(2L, "two")));
		assertThat(this.channel.takePublished()).containsExactly("items[1, 2]");
		cache.remove(1L);
		assertThat(this.channel.takePublished()).containsExactly("items[1]");
	}

	@ParameterizedTest
	@EnumSource(names = { "WRITE_THROUGH", "WRITE_AROUND" })
	void writeInATransactionIsToldAfterTheCommit(WritePolicy policy) {
		PolicyCache cache = create(Specs.of("items").policy(policy));
		this.template.executeWithoutResult((status) -> {
			cache.put(1L, new Item(1L, "one"));
			cache.evict(2L);
			assertThat(this.channel.takePublished()).isEmpty();
		});
		assertThat(this.channel.takePublished()).containsExactly("items[1]", "items[2]");
	}

	@Test
	void writeOfWhichNobodyKnowsTheOutcomeIsTold() {
		PolicyCache cache = create(Specs.of("items"));
		this.store.beforeWrite((keys) -> {
			throw new DataIntegrityViolationException("refused, or maybe not");
		});
		assertThatExceptionOfType(DataIntegrityViolationException.class)
			.isThrownBy(() -> cache.put(1L, new Item(1L, "one")));
		assertThat(this.channel.takePublished()).containsExactly("items[1]");
	}

	@Test
	void deferredWritesAreToldByTheFlushInOneMessage() {
		PolicyCache cache = create(Specs.of("items").policy(WritePolicy.WRITE_BACK));
		cache.put(1L, new Item(1L, "one"));
		this.template.executeWithoutResult((status) -> cache.put(2L, new Item(2L, "two")));
		cache.put(1L, new Item(1L, "once more"));
		assertThat(this.channel.takePublished()).isEmpty();
		cache.flush(TIMEOUT);
		assertThat(this.channel.takePublished()).containsExactly("items[1, 2]");
	}

	@Test
	void deadLetterIsTold() {
		PolicyCache cache = create(Specs.of("items").policy(WritePolicy.WRITE_BACK).maxAttempts(1));
		this.store.beforeWrite((keys) -> {
			throw new DataIntegrityViolationException("refused");
		});
		cache.put(1L, new Item(1L, "one"));
		cache.flush(TIMEOUT);
		assertThat(this.channel.takePublished()).containsExactly("items[1]");
	}

	@ParameterizedTest
	@EnumSource(WritePolicy.class)
	@DisplayName("F7: a channel that fails keeps no change from being done")
	void channelThatFailsKeepsNoChangeFromBeingDone(WritePolicy policy) {
		PolicyCache cache = Specs.of("items").policy(policy).channel(failing()).manager(this.store).getCache("items");
		assertThat(cache).isNotNull();
		cache.put(1L, new Item(1L, "one"));
		this.template.executeWithoutResult((status) -> cache.put(2L, new Item(2L, "two")));
		assertThat(cache.flush(TIMEOUT).remaining()).isZero();
		cache.evict(1L);
		cache.clear();
		cache.remove(1L);
		assertThat(cache.flush(TIMEOUT)).extracting(FlushReport::failed, FlushReport::remaining)
			.containsExactly(0L, 0L);
		assertThat(this.store.rows()).containsOnlyKeys(2L);
		assertThat(cache.get(1L)).isNull();
	}

	private static ChangeChannel failing() {
		ChangeChannel channel = mock(ChangeChannel.class);
		willThrow(new AssertionError("no channel")).given(channel).publish(any(), any());
		willThrow(new AssertionError("no channel")).given(channel).publishAll(any());
		return channel;
	}

	@Test
	void evictionsAreTold() {
		PolicyCache cache = create(Specs.of("items"));
		cache.evict(1L);
		cache.evictIfPresent(2L);
		cache.clear();
		cache.invalidate();
		assertThat(this.channel.takePublished()).containsExactly("items[1]", "items[2]", "items", "items");
		this.template.executeWithoutResult((status) -> {
			cache.clear();
			assertThat(this.channel.takePublished()).isEmpty();
		});
		assertThat(this.channel.takePublished()).containsExactly("items");
	}

	@Test
	void writesOfACacheWithoutAStoreAreTold() {
		create(Specs.of("items"));
		PolicyCache pages = this.manager.getCache("pages");
		assertThat(pages).isNotNull();
		pages.put("page", "value");
		pages.putIfAbsent("page", "other");
		pages.putIfAbsent("new page", "value");
		assertThat(this.channel.takePublished()).containsExactly("pages[page]", "pages[new page]");
	}

	@Test
	void readsAndLoadsAreNotTold() {
		PolicyCache cache = create(Specs.of("items"));
		this.store.rows().put(1L, new Item(1L, "row"));
		cache.get(1L);
		cache.get(1L);
		cache.getAll(List.of(1L, 2L));
		assertThat(this.channel.takePublished()).isEmpty();
	}

	@Test
	void receivedChangeDropsTheEntryAndDerivedCachesAndIsNotToldOn() {
		PolicyCache cache = create(Specs.of("items").invalidates("pages"));
		PolicyCache pages = this.manager.getCache("pages");
		assertThat(pages).isNotNull();
		this.store.rows().put(1L, new Item(1L, "row"));
		cache.get(1L);
		pages.put("page", "derived");
		this.channel.takePublished();
		this.store.rows().put(1L, new Item(1L, "changed elsewhere"));
		this.channel.receive("items", 1L, 2L);
		assertThat(cache.get(1L, Item.class)).isEqualTo(new Item(1L, "changed elsewhere"));
		assertThat(pages.get("page")).isNull();
		this.store.rows().put(1L, new Item(1L, "changed again"));
		this.channel.receiveAll("items");
		assertThat(cache.get(1L, Item.class)).isEqualTo(new Item(1L, "changed again"));
		this.channel.receive("unknown", 1L);
		this.channel.receiveAll("unknown");
		assertThat(this.channel.takePublished()).isEmpty();
		assertThat(this.manager.getCacheNames()).doesNotContain("unknown");
	}

	@Test
	void loadThatAReceivedChangeOvertookIsNotCached() {
		PolicyCache cache = create(Specs.of("items"));
		this.store.rows().put(1L, new Item(1L, "changed meanwhile"));
		this.store.beforeLoad((key) -> {
			this.store.beforeLoad((next) -> {
			});
			this.channel.receive("items", 1L);
		});
		cache.get(1L);
		cache.get(1L);
		assertThat(this.store.loads()).isEqualTo(2);
	}

	@Test
	void receivedChangeKeepsPendingWrites() {
		PolicyCache cache = create(Specs.of("items").policy(WritePolicy.WRITE_BACK));
		cache.put(1L, new Item(1L, "pending"));
		this.channel.receive("items", 1L);
		this.channel.receiveAll("items");
		assertThat(cache.get(1L, Item.class)).isEqualTo(new Item(1L, "pending"));
		assertThat(cache.flush(TIMEOUT).written()).isOne();
	}

	@Test
	void rowThatChangesPastTheCacheIsDroppedAndTold() {
		PolicyCache cache = create(Specs.of("items").invalidates("pages"));
		PolicyCache pages = this.manager.getCache("pages");
		assertThat(pages).isNotNull();
		this.store.rows().put(1L, new Item(1L, "row"));
		cache.get(1L);
		pages.put("page", "derived");
		this.channel.takePublished();
		this.store.changeElsewhere(1L, new Item(1L, "bypassed"));
		assertThat(cache.get(1L, Item.class)).isEqualTo(new Item(1L, "bypassed"));
		assertThat(pages.get("page")).isNull();
		assertThat(this.channel.takePublished()).containsExactly("items[1]");
		this.store.rows().put(1L, new Item(1L, "by a bulk statement"));
		this.store.changeAllElsewhere();
		assertThat(cache.get(1L, Item.class)).isEqualTo(new Item(1L, "by a bulk statement"));
		assertThat(this.channel.takePublished()).containsExactly("items");
	}

	@Test
	@DisplayName("C3: lost changes clear clustered caches with what is derived from them, and only these")
	void lostChangesClearClusteredCaches() {
		PolicyCache cache = create(Specs.of("items").invalidates("pages"));
		PolicyCache pages = this.manager.getCache("pages");
		assertThat(pages).isNotNull();
		this.store.rows().put(1L, new Item(1L, "row"));
		cache.get(1L);
		pages.put("page", "derived");
		this.channel.takePublished();
		this.store.rows().put(1L, new Item(1L, "changed elsewhere"));
		this.channel.lose();
		assertThat(cache.get(1L, Item.class)).isEqualTo(new Item(1L, "changed elsewhere"));
		assertThat(pages.get("page")).isNull();
		assertThat(this.channel.takePublished()).isEmpty();
	}

	@Test
	@DisplayName("C3: a cache that is not clustered neither tells nor hears")
	void cacheThatIsNotClusteredIsLeftAlone() {
		PolicyCache cache = create(Specs.of("items").clustered(false));
		this.store.rows().put(1L, new Item(1L, "row"));
		cache.get(1L);
		this.channel.lose();
		this.channel.receive("items", 1L);
		this.channel.receiveAll("items");
		this.channel.doubt();
		cache.get(1L);
		assertThat(this.store.loads()).isOne();
		cache.put(1L, new Item(1L, "written"));
		cache.evict(1L);
		cache.clear();
		assertThat(this.channel.takePublished()).isEmpty();
	}

	@Test
	@DisplayName("C1: a read that comes before all others after a pause does not return what may have changed")
	void readIsKeptFromEntriesInDoubt() {
		PolicyCache cache = create(Specs.of("items"));
		this.store.rows().put(1L, new Item(1L, "row"));
		cache.get(1L);
		this.store.rows().put(1L, new Item(1L, "changed elsewhere"));
		this.channel.doubt();
		assertThat(cache.get(1L, Item.class)).isEqualTo(new Item(1L, "changed elsewhere"));
		this.store.rows().put(1L, new Item(1L, "changed again"));
		this.channel.doubt();
		assertThat(cache.getAll(List.of(1L))).containsEntry(1L, new Item(1L, "changed again"));
		PolicyCache pages = this.manager.getCache("pages");
		assertThat(pages).isNotNull();
		pages.put("page", "value");
		this.channel.doubt();
		assertThat(pages.putIfAbsent("page", "other")).isNull();
	}

	@Test
	void readOfManyKeysAsksTheChannelOnce() {
		PolicyCache cache = create(Specs.of("items"));
		this.store.rows().put(1L, new Item(1L, "one"));
		this.store.rows().put(2L, new Item(2L, "two"));
		int before = this.channel.questions();
		cache.getAll(List.of(1L, 2L, 3L));
		assertThat(cache.getAll(List.of(1L, 2L))).hasSize(2);
		assertThat(this.channel.questions() - before).isEqualTo(2);
	}

	@Test
	@DisplayName("C2: a load that a loss overtook is not cached, and a later reader does not join it")
	void loadThatALossOvertookIsNotCached() {
		PolicyCache cache = create(Specs.of("items"));
		this.store.rows().put(1L, new Item(1L, "changed meanwhile"));
		this.store.beforeLoad((key) -> {
			this.store.beforeLoad((next) -> {
			});
			this.channel.lose();
		});
		cache.get(1L);
		cache.get(1L);
		assertThat(this.store.loads()).isEqualTo(2);
	}

	@Test
	@DisplayName("C3: lost changes keep pending writes")
	void lostChangesKeepPendingWrites() {
		PolicyCache cache = create(Specs.of("items").policy(WritePolicy.WRITE_BACK));
		cache.put(1L, new Item(1L, "pending"));
		this.channel.lose();
		assertThat(cache.get(1L, Item.class)).isEqualTo(new Item(1L, "pending"));
		assertThat(cache.flush(TIMEOUT).written()).isOne();
	}

}
