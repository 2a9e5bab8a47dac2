package io.cachepolicy.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.settings.CacheSpec;
import io.cachepolicy.settings.CacheSpec.Bounds;
import io.cachepolicy.settings.Isolation;
import io.cachepolicy.settings.OnConflict;
import io.cachepolicy.settings.Overflow;
import io.cachepolicy.settings.StoreMode;
import io.cachepolicy.settings.WriteBackSpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CacheSpecs}, {@link BoundsMapper} and {@link WriteBackMapper}.
 */
class CacheSpecsTests {

	private final MapConfigurationPropertySource source = new MapConfigurationPropertySource();

	private final List<String> limitedNames = new ArrayList<>();

	private @Nullable String springSpec;

	private boolean passThrough;

	@Test
	void mapWhenNothingIsSetUsesBuiltInDefaults() {
		CacheSpec spec = map("products");
		assertThat(spec.name()).isEqualTo("products");
		assertThat(spec.policy()).isEqualTo(WritePolicy.WRITE_THROUGH);
		assertThat(spec.bounds()).isEqualTo(new Bounds(null, 10_000L, null, null, null));
		assertThat(spec.isolation()).isEqualTo(Isolation.COPY);
		assertThat(spec.cachesAbsent(true)).isFalse();
		assertThat(spec.cachesAbsent(false)).isTrue();
		assertThat(spec.invalidates()).isEmpty();
		assertThat(spec.entity()).isNull();
		assertThat(spec.repository()).isNull();
		assertThat(spec.store()).isNull();
		assertThat(spec.writeBack()).isEqualTo(new WriteBackSpec(Duration.ofSeconds(1), 10_000, 500, true, 100_000,
				Overflow.BLOCK, Duration.ofSeconds(5),
				new WriteBackSpec.Retry(5, Duration.ofMillis(100), 2, Duration.ofSeconds(30), 0.2), 1, 0, 0,
				StoreMode.AUTO, OnConflict.DEAD_LETTER, false, false, 10_000));
	}

	@Test
	void mapWhenDefaultsAreSetInheritsPropertyByProperty() {
		set("defaults.policy", "write-back");
		set("defaults.maximum-size", "50");
		set("defaults.expire-after-write", "1m");
		set("defaults.write-back.flush-interval", "3s");
		set("defaults.write-back.batch-size", "7");
		set("defaults.write-back.retry.max-attempts", "9");
		set("caches.products.expire-after-write", "2m");
		set("caches.products.write-back.batch-size", "8");
		CacheSpec spec = map("products");
		assertThat(spec.policy()).isEqualTo(WritePolicy.WRITE_BACK);
		assertThat(spec.bounds()).isEqualTo(new Bounds(null, 50L, Duration.ofMinutes(2), null, null));
		assertThat(spec.writeBack().flushInterval()).isEqualTo(Duration.ofSeconds(3));
		assertThat(spec.writeBack().batchSize()).isEqualTo(8);
		assertThat(spec.writeBack().retry().maxAttempts()).isEqualTo(9);
		assertThat(spec.writeBack().retry().multiplier()).isEqualTo(2);
		assertThat(map("others").writeBack().batchSize()).isEqualTo(7);
	}

	@Test
	void mapWhenEverythingIsSetTakesIt() {
		set("caches[my.cache].policy", "WRITE_AROUND");
		set("caches[my.cache].entity", "java.lang.String");
		set("caches[my.cache].repository", "strings");
		set("caches[my.cache].isolation", "shared");
		set("caches[my.cache].cache-absent", "true");
		set("caches[my.cache].invalidates", "a,b");
		set("caches[my.cache].expire-after-access", "3m");
		set("caches[my.cache].refresh-after-write", "4m");
		set("caches[my.cache].write-back.flush-threshold", "11");
		set("caches[my.cache].write-back.coalesce", "false");
		set("caches[my.cache].write-back.max-pending", "1000");
		set("caches[my.cache].write-back.overflow", "write-through");
		set("caches[my.cache].write-back.overflow-timeout", "6s");
		set("caches[my.cache].write-back.flush-threads", "3");
		set("caches[my.cache].write-back.max-writes-per-second", "70");
		set("caches[my.cache].track-changes", "false");
		set("caches[my.cache].detached-reads", "true");
		set("caches[my.cache].clustered", "false");
		set("caches[my.cache].write-back.burst", "7");
		set("caches[my.cache].write-back.store-mode", "bulk");
		set("caches[my.cache].write-back.on-conflict", "cache-wins");
		set("caches[my.cache].write-back.flush-before-queries", "true");
		set("caches[my.cache].write-back.max-dead-letters", "20");
		set("caches[my.cache].write-back.retry.initial-interval", "1s");
		set("caches[my.cache].write-back.retry.multiplier", "1.5");
		set("caches[my.cache].write-back.retry.max-interval", "9s");
		set("caches[my.cache].write-back.retry.jitter", "0");
		CacheSpec spec = specs().declared().get(0);
		assertThat(spec).isEqualTo(new CacheSpec("my.cache", WritePolicy.WRITE_AROUND,
				new Bounds(null, 10_000L, null, Duration.ofMinutes(3), Duration.ofMinutes(4)), Isolation.SHARED, true,
				List.of("a", "b"), false, true, false, String.class, "strings", null,
				new WriteBackSpec(Duration.ofSeconds(1), 11, 500, false, 1000, Overflow.WRITE_THROUGH,
						Duration.ofSeconds(6),
						new WriteBackSpec.Retry(5, Duration.ofSeconds(1), 1.5, Duration.ofSeconds(9), 0), 3, 70, 7,
						StoreMode.BULK, OnConflict.CACHE_WINS, false, true, 20)));
	}

	@Test
	void mapWhenRateIsSetAllowsOneSecondsWorthAtOnce() {
		set("defaults.write-back.max-writes-per-second", "70");
		assertThat(map("products").writeBack().burst()).isEqualTo(70);
	}

	@Test
	void mapWhenStoreIsNamedIgnoresStoreOfDefaults() {
		set("defaults.repository", "strings");
		set("caches.products.store", "productStore");
		CacheSpec spec = map("products");
		assertThat(spec.store()).isEqualTo("productStore");
		assertThat(spec.repository()).isNull();
	}

	@Test
	void mapWhenSpecIsSetReplacesDefaults() {
		set("defaults.expire-after-write", "1m");
		set("caches.products.spec", "maximumSize=5");
		assertThat(map("products").bounds()).isEqualTo(new Bounds(null, 5L, null, null, null));
	}

	@Test
	void mapWhenSpecOfDefaultsIsSetReplacesPartOfIt() {
		set("defaults.spec", "maximumSize=5,expireAfterWrite=1m,recordStats");
		set("caches.products.maximum-size", "6");
		assertThat(map("products").bounds()).isEqualTo(new Bounds(null, 6L, Duration.ofMinutes(1), null, null));
	}

	@Test
	void mapWhenSpecHasOtherPartsKeepsItAsSpec() {
		set("defaults.spec", "initialCapacity=3,maximumWeight=5,refreshAfterWrite=1m");
		set("caches.products.maximum-size", "6");
		assertThat(map("products").bounds())
			.isEqualTo(new Bounds("initialCapacity=3,refreshAfterWrite=1m,maximumSize=6", null, null, null, null));
	}

	@Test
	void mapWhenOnlySpringSpecIsSetFallsBackToIt() {
		this.springSpec = "maximumSize=1_000,expireAfterAccess=2h";
		assertThat(map("products").bounds()).isEqualTo(new Bounds(null, 1000L, null, Duration.ofHours(2), null));
		set("defaults.maximum-size", "7");
		assertThat(map("products").bounds()).isEqualTo(new Bounds(null, 7L, null, Duration.ofHours(2), null));
	}

	@Test
	void mapWhenMaxPendingIsSmallLimitsBuiltInDefaults() {
		set("caches.products.write-back.max-pending", "100");
		WriteBackSpec writeBack = map("products").writeBack();
		assertThat(writeBack.flushThreshold()).isEqualTo(100);
		assertThat(writeBack.batchSize()).isEqualTo(100);
	}

	@Test
	void mapWhenInitialIntervalIsLongRaisesBuiltInMaximum() {
		set("caches.products.write-back.retry.initial-interval", "1m");
		assertThat(map("products").writeBack().retry().maxInterval()).isEqualTo(Duration.ofMinutes(1));
	}

	@Test
	void mapWhenPassThroughCachesNothingAndWritesAround() {
		this.passThrough = true;
		set("caches.products.policy", "write-back");
		set("caches.products.spec", "maximumSize=5");
		CacheSpec spec = map("products");
		assertThat(spec.policy()).isEqualTo(WritePolicy.WRITE_AROUND);
		assertThat(spec.bounds()).isEqualTo(new Bounds(null, 0L, null, null, null));
	}

	@Test
	void undeclaredWhenNamesAreLimitedReturnsNull() {
		this.limitedNames.add("listed");
		set("caches.products.policy", "write-back");
		assertThat(specs().undeclared("others")).isNull();
		assertThat(specs().undeclared("listed")).isNotNull();
		assertThat(specs().declared()).extracting(CacheSpec::name).containsExactly("products", "listed");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			maximum-size                      | 0    | above 0
			maximum-size                      | -1   | above 0
			expire-after-write                | 0s   | above 0
			expire-after-access               | -1s  | above 0
			refresh-after-write               | 0s   | above 0
			write-back.flush-interval         | 0s   | above 0
			write-back.flush-threshold        | 0    | above 0
			write-back.batch-size             | 0    | above 0
			write-back.max-pending            | 0    | above 0
			write-back.max-dead-letters       | 0    | above 0
			write-back.overflow-timeout       | 0s   | above 0
			write-back.flush-threads          | 0    | above 0
			write-back.max-writes-per-second  | -1   | at least 0
			write-back.burst                  | -1   | at least 0
			write-back.burst                  | 5    | unless 'write-back.max-writes-per-second' is set
			write-back.retry.max-attempts     | 0    | above 0
			write-back.retry.initial-interval | -1s  | above 0
			write-back.retry.multiplier       | 0.5  | at least 1
			write-back.retry.max-interval     | 50ms | not below 'retry.initial-interval'
			write-back.retry.jitter           | 1.1  | from 0 to 1
			""")
	void mapWhenValueIsOutOfRangeFails(String property, String value, String requirement) {
		set("caches.products." + property, value);
		assertInvalid("Property 'cache-policy.caches.products." + property + "' is ", requirement);
	}

	@Test
	void mapWhenBatchSizeExceedsMaxPendingFails() {
		set("defaults.write-back.max-pending", "100");
		set("caches.products.write-back.batch-size", "101");
		assertInvalid("Property 'cache-policy.caches.products.write-back.batch-size' is 101",
				"'write-back.max-pending', which is 100");
	}

	@Test
	void mapWhenFlushThresholdExceedsMaxPendingFails() {
		set("defaults.write-back.flush-threshold", "101");
		set("caches.products.write-back.max-pending", "100");
		assertInvalid("Property 'cache-policy.defaults.write-back.flush-threshold' is 101",
				"'write-back.max-pending', which is 100");
	}

	@Test
	void mapWhenSpecAndSeparateSettingsAreSetFails() {
		set("caches.products.spec", "maximumSize=5");
		set("caches.products.expire-after-write", "1m");
		assertInvalid("Property 'cache-policy.caches.products.spec' is set together with separate properties "
				+ "for expireAfterWrite", "Keep either 'spec'");
	}

	@Test
	void mapWhenSpecIsMalformedFails() {
		set("caches[my.cache].spec", "maximumSise=5");
		assertThatExceptionOfType(InvalidPolicyCacheException.class).isThrownBy(() -> specs().declared())
			.withMessageContaining("Property 'cache-policy.caches[my.cache].spec' is not a valid CaffeineSpec");
	}

	@Test
	void mapWhenSpringSpecIsMalformedFails() {
		this.springSpec = "maximumSize=";
		assertInvalid("Property 'spring.cache.caffeine.spec' is not a valid CaffeineSpec", "Correct it");
	}

	@Test
	void mapWhenSpecHasWeakKeysFails() {
		set("defaults.spec", "weakKeys");
		assertInvalid("Property 'cache-policy.defaults.spec' asks for weakKeys", "Remove 'weakKeys'");
	}

	private void assertInvalid(String message, String action) {
		assertThatExceptionOfType(InvalidPolicyCacheException.class).isThrownBy(() -> map("products"))
			.withMessageContaining(message)
			.satisfies((ex) -> assertThat(ex.getAction()).contains(action));
	}

	private void set(String property, String value) {
		this.source.put("cache-policy." + property, value);
	}

	private CacheSpec map(String name) {
		CacheSpecs specs = specs();
		return specs.declared()
			.stream()
			.filter((spec) -> spec.name().equals(name))
			.findFirst()
			.orElseGet(() -> specs.undeclared(name));
	}

	private CacheSpecs specs() {
		CachePolicyProperties properties = new Binder(this.source).bindOrCreate("cache-policy",
				CachePolicyProperties.class);
		return new CacheSpecs(properties, this.limitedNames, this.springSpec, this.passThrough);
	}

}
