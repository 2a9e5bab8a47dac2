package io.cachepolicy.actuate;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.cache.CaffeinePolicyCache;
import io.cachepolicy.cache.CaffeinePolicyCacheManager;
import io.cachepolicy.settings.Overflow;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Item;
import io.cachepolicy.testsupport.Specs;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.search.RequiredSearch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataIntegrityViolationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PolicyCacheMetrics}.
 */
class PolicyCacheMetricsTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final FakeStore store = new FakeStore();

	private final CaffeinePolicyCacheManager manager = Specs.of("items")
		.policy(WritePolicy.WRITE_BACK)
		.maxPending(4)
		.maxAttempts(2)
		.overflow(Overflow.REJECT, Duration.ZERO)
		.manager(this.store);

	@AfterEach
	void close() {
		this.store.beforeWrite((keys) -> {
		});
		this.manager.close();
	}

	@Test
	void metersAreZeroBeforeFirstWrite() {
		bind();
		assertThat(gauge("cache.policy.pending")).isZero();
		assertThat(gauge("cache.policy.pending.age")).isZero();
		assertThat(gauge("cache.policy.pending.max")).isEqualTo(4);
		assertThat(gauge("cache.policy.dead.letters")).isZero();
		assertThat(this.registry.find("cache.policy.writes").functionCounters()).hasSize(8)
			.allSatisfy((counter) -> assertThat(counter.count()).isZero());
	}

	@Test
	void pendingWritesAndTheirAgeAreTold() {
		bind();
		cache().put(1L, new Item(1L, "one"));
		cache().put(2L, new Item(2L, "two"));
		assertThat(gauge("cache.policy.pending")).isEqualTo(2);
		Awaitility.await().until(() -> gauge("cache.policy.pending.age") > 0.01);
		assertThat(gauge("cache.policy.pending.age")).isLessThan(TIMEOUT.toSeconds());
		cache().flush(TIMEOUT);
		assertThat(gauge("cache.policy.pending")).isZero();
		assertThat(gauge("cache.policy.pending.age")).isZero();
	}

	@Test
	void everyAcceptedWriteIsCountedOnceByItsEnd() {
		bind();
		cache().put(1L, new Item(1L, "one"));
		cache().put(1L, new Item(1L, "uno"));
		cache().put(2L, new Item(2L, "two"));
		cache().withPolicy(WritePolicy.WRITE_THROUGH).put(2L, new Item(2L, "due"));
		CountDownLatch full = new CountDownLatch(1);
		this.store.beforeWrite((keys) -> {
			await(full);
			if (keys.contains(3L)) {
				throw new DataIntegrityViolationException("refused");
			}
		});
		cache().put(3L, new Item(3L, "three"));
		cache().put(4L, new Item(4L, "four"));
		cache().put(5L, new Item(5L, "five"));
		assertThatExceptionOfType(WriteRefusedException.class).isThrownBy(() -> cache().put(6L, new Item(6L, "six")));
		assertThat(writes("accepted")).isEqualTo(6);
		assertThat(writes("refused")).isOne();
		full.countDown();
		cache().flush(TIMEOUT);
		cache().put(7L, new Item(7L, "seven"));
		assertThat(writes("coalesced")).isOne();
		assertThat(writes("cancelled")).isOne();
		assertThat(writes("written")).isEqualTo(3);
		assertThat(writes("dead-lettered")).isOne();
		assertThat(gauge("cache.policy.dead.letters")).isOne();
		assertThat(writes("retried")).isOne();
		assertThat(writes("failed")).isEqualTo(2);
		assertThat(writes("accepted")).isEqualTo(writes("coalesced") + writes("cancelled") + writes("written")
				+ writes("dead-lettered") + gauge("cache.policy.pending"));
	}

	@Test
	void cacheThatIsCreatedLaterHasMeters() {
		bind();
		assertThat(this.registry.find("cache.policy.pending").tag("cache", "later").meter()).isNull();
		this.manager.getCache("later");
		assertThat(this.registry.find("cache.policy.pending").tag("cache", "later").meters()).hasSize(1);
		assertThat(this.registry.find("cache.policy.writes").tag("cache", "later").meters()).hasSize(8);
	}

	@Test
	void everyMeterIsDescribedAndTagged() {
		bind();
		assertThat(this.registry.getMeters()).hasSize(14).allSatisfy((meter) -> {
			Meter.Id id = meter.getId();
			assertThat(id.getDescription()).isNotBlank();
			assertThat(id.getTag("cache")).isEqualTo("items");
			assertThat(id.getTag("cache.manager")).isEqualTo("caches");
		});
		assertThat(search("cache.policy.stale.queries").functionCounter().count()).isZero();
		assertThat(search("cache.policy.pending.age").meter().getId().getBaseUnit()).isEqualTo("seconds");
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void bind() {
		new PolicyCacheMetrics(this.manager, "caches").bindTo(this.registry);
	}

	private CaffeinePolicyCache cache() {
		CaffeinePolicyCache cache = this.manager.getCache("items");
		assertThat(cache).isNotNull();
		return cache;
	}

	private double gauge(String name) {
		return search(name).gauge().value();
	}

	private double writes(String result) {
		return search("cache.policy.writes").tag("result", result).functionCounter().count();
	}

	private RequiredSearch search(String name) {
		return this.registry.get(name).tag("cache", "items").tag("cache.manager", "caches");
	}

}
