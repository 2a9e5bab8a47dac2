package io.cachepolicy.actuate;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.actuate.CachePoliciesEndpoint.CacheDescriptor;
import io.cachepolicy.actuate.CachePoliciesEndpoint.CacheDetailsDescriptor;
import io.cachepolicy.actuate.CachePoliciesEndpoint.DeadLetterDescriptor;
import io.cachepolicy.actuate.CachePoliciesEndpoint.FlushDescriptor;
import io.cachepolicy.cache.CaffeinePolicyCache;
import io.cachepolicy.cache.CaffeinePolicyCacheManager;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Item;
import io.cachepolicy.testsupport.MemoryLog;
import io.cachepolicy.testsupport.Specs;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CachePoliciesEndpoint}.
 */
class CachePoliciesEndpointTests {

	private final FakeStore store = new FakeStore();

	private final CaffeinePolicyCacheManager manager = Specs.of("items")
		.policy(WritePolicy.WRITE_BACK)
		.maxPending(50)
		.maximumSize(20L)
		.maxAttempts(1)
		.manager(this.store);

	private final CachePoliciesEndpoint endpoint = new CachePoliciesEndpoint(this.manager);

	@AfterEach
	void close() {
		this.store.beforeWrite((keys) -> {
		});
		this.manager.close();
	}

	@Test
	void cachesAreDescribedBeforeAnyWrite() {
		this.manager.getCache("pages");
		assertThat(this.endpoint.caches().caches()).containsOnlyKeys("items", "pages");
		CacheDescriptor items = this.endpoint.caches().caches().get("items");
		assertThat(items.getPolicy()).isEqualTo("write-back");
		assertThat(items.getSize()).isZero();
		assertThat(items.getMaximumSize()).isEqualTo(20);
		assertThat(items.getPending()).isZero();
		assertThat(items.getMaxPending()).isEqualTo(50);
		assertThat(items.getOldestPending()).isNull();
		assertThat(items.getStore()).isNull();
		assertThat(items.getLastError()).isNull();
		assertThat(items.getDeadLetters()).isZero();
	}

	@Test
	void durableCacheSaysSo() {
		assertThat(details().getDurable()).isNull();
		assertThat(details().getInDoubt()).isNull();
		assertThat(this.endpoint.caches().journal()).isNull();
		MemoryLog log = new MemoryLog();
		assertThat(log.promise(List.of(log.prepare(1L, new Item(1L, "one"))))).isNotNull();
		CaffeinePolicyCacheManager durable = Specs.of("items")
			.policy(WritePolicy.WRITE_BACK)
			.log(log)
			.manager(this.store);
		PendingLog.Factory journal = new PendingLog.Factory() {

			@Override
			public PendingLog open(String cacheName, BackingStore store) {
				return log;
			}

			@Override
			public long size() {
				return 4711;
			}

		};
		CachePoliciesEndpoint endpoint = new CachePoliciesEndpoint(durable, null, journal);
		durable.getCache("items").put(2L, new Item(2L, "two"));
		CacheDescriptor items = endpoint.caches().caches().get("items");
		assertThat(items.getDurable()).isTrue();
		assertThat(items.getInDoubt()).isOne();
		assertThat(items.getDeadLetters()).isOne();
		assertThat(endpoint.caches().journal()).isEqualTo(new CachePoliciesEndpoint.JournalDescriptor(4711));
		durable.close();
	}

	@Test
	void pendingWritesAreDescribed() {
		cache().put(1L, new Item(1L, "one"));
		cache().put(2L, new Item(2L, "two"));
		CacheDescriptor items = details();
		assertThat(items.getSize()).isEqualTo(2);
		assertThat(items.getPending()).isEqualTo(2);
		assertThat(items.getOldestPending()).isPositive();
		assertThat(items.getStore()).isEqualTo(new CachePoliciesEndpoint.StoreDescriptor("available", null, true));
	}

	@Test
	void outageIsDescribed() {
		this.store.beforeWrite((keys) -> {
			throw new DataAccessResourceFailureException("no connection", new SQLException("secret", "08006"));
		});
		cache().put(1L, new Item(1L, "one"));
		cache().flush(Duration.ofMillis(1));
		Awaitility.await().until(() -> details().getStore() != null && details().getStore().awayFor() != null);
		CacheDescriptor items = details();
		assertThat(items.getStore().state()).isEqualTo("away");
		assertThat(items.getStore().awayFor()).isPositive();
		assertThat(items.getLastError()).isNotNull().satisfies((error) -> {
			assertThat(error.exception()).isEqualTo(DataAccessResourceFailureException.class.getName());
			assertThat(error.rootCause()).isEqualTo(SQLException.class.getName());
			assertThat(error.sqlState()).isEqualTo("08006");
			assertThat(error.toString()).doesNotContain("secret");
		});
	}

	@Test
	void deadLettersAreDescribedWithoutValues() {
		deadLetter(1, "secret");
		CacheDetailsDescriptor items = details();
		assertThat(items.getDeadLetters()).isOne();
		assertThat(items.getLetters()).singleElement().satisfies((letter) -> {
			assertThat(letter.key()).isEqualTo("1");
			assertThat(letter.operation()).isEqualTo("put");
			assertThat(letter.attempts()).isOne();
			assertThat(letter.reason().exception()).isEqualTo(DataIntegrityViolationException.class.getName());
			assertThat(letter.reason().sqlState()).isEqualTo("23505");
			assertThat(letter.toString()).doesNotContain("secret");
		});
	}

	@Test
	void oldestDeadLettersAreDescribedAndAllAreCounted() {
		this.store.beforeWrite((keys) -> {
			throw new DataIntegrityViolationException("refused");
		});
		for (long key = 1; key <= 103; key++) {
			cache().put(key, new Item(key, "refused"));
			if (key % 50 == 0 || key == 103) {
				cache().flush(Duration.ofSeconds(10));
			}
		}
		assertThat(details().getDeadLetters()).isEqualTo(103);
		List<DeadLetterDescriptor> letters = details().getLetters();
		assertThat(letters).hasSize(100);
		assertThat(letters).extracting(DeadLetterDescriptor::id).isSorted().startsWith(1L);
		long last = letters.get(99).id();
		letters.subList(0, 10).forEach((letter) -> this.endpoint.discard("items", letter.id()));
		assertThat(details().getDeadLetters()).isEqualTo(93);
		assertThat(details().getLetters()).hasSize(93).extracting(DeadLetterDescriptor::id).contains(last + 3);
	}

	@Test
	void unknownCacheIsNeitherFoundNorCreated() {
		assertThat(this.endpoint.cache("unknown")).isNull();
		assertThat(this.endpoint.flush("unknown", null)).isNull();
		assertThat(this.endpoint.replay("unknown", 1)).isFalse();
		assertThat(this.endpoint.discard("unknown", 1)).isFalse();
		assertThat(this.manager.getCacheNames()).containsExactly("items");
	}

	@Test
	void flushReportsWhatItDid() {
		cache().put(1L, new Item(1L, "one"));
		assertThat(this.endpoint.flush("items", null)).isEqualTo(new FlushDescriptor(1, 0, 0));
		assertThat(this.store.rows()).containsKey(1L);
	}

	@Test
	void flushWhenTimeoutIsShortReportsRemaining() {
		this.store.beforeWrite((keys) -> {
			throw new DataAccessResourceFailureException("no connection");
		});
		cache().put(1L, new Item(1L, "one"));
		assertThat(this.endpoint.flush("items", Duration.ofMillis(20))).isEqualTo(new FlushDescriptor(0, 0, 1));
	}

	@Test
	void flushWhenTimeoutIsNegativeIsInvalid() {
		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> this.endpoint.flush("items", Duration.ofSeconds(-1)));
	}

	@Test
	void replayWritesAgain() {
		long id = deadLetter(1, "one");
		assertThat(this.endpoint.replay("items", id + 1)).isFalse();
		assertThat(this.endpoint.replay("items", id)).isTrue();
		assertThat(details().getLetters()).isEmpty();
		assertThat(this.endpoint.flush("items", null)).isEqualTo(new FlushDescriptor(1, 0, 0));
		assertThat(this.store.rows()).containsKey(1L);
		assertThat(this.endpoint.replay("items", id)).isFalse();
	}

	@Test
	void discardDropsDeadLetter() {
		long id = deadLetter(1, "one");
		assertThat(this.endpoint.discard("items", id + 1)).isFalse();
		assertThat(this.endpoint.discard("items", id)).isTrue();
		assertThat(details().getLetters()).isEmpty();
		assertThat(details().getPending()).isZero();
		assertThat(this.endpoint.discard("items", id)).isFalse();
	}

	private long deadLetter(long key, String value) {
		this.store.beforeWrite((keys) -> {
			throw new DataIntegrityViolationException("Row has " + value, new SQLException(value, "23505"));
		});
		cache().put(key, new Item(key, value));
		cache().flush(Duration.ofSeconds(10));
		this.store.beforeWrite((keys) -> {
		});
		return details().getLetters().get(0).id();
	}

	private CacheDetailsDescriptor details() {
		CacheDetailsDescriptor details = this.endpoint.cache("items");
		assertThat(details).isNotNull();
		return details;
	}

	private CaffeinePolicyCache cache() {
		CaffeinePolicyCache cache = this.manager.getCache("items");
		assertThat(cache).isNotNull();
		return cache;
	}

}
