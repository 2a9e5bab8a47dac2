package io.cachepolicy.cache;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.cachepolicy.FlushReport;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.settings.Isolation;
import io.cachepolicy.testsupport.Item;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.beans.BeanUtils;
import org.springframework.cache.Cache;
import org.springframework.cache.Cache.ValueRetrievalException;
import org.springframework.cache.support.NullValue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for a {@link CaffeinePolicyCache} without a store: the contract of {@link Cache}.
 */
class PlainCacheTests {

	private final CaffeinePolicyCache cache = cache(false);

	private final CaffeinePolicyCache absentCache = cache(true);

	private static CaffeinePolicyCache cache(boolean cacheAbsent) {
		CaffeinePolicyCache cache = Specs.of("plain").cacheAbsent(cacheAbsent).manager(null).getCache("plain");
		assertThat(cache).isNotNull();
		return cache;
	}

	@Test
	void getWhenMissingReturnsNull() {
		assertThat(this.cache.get(1L)).isNull();
		assertThat(this.cache.get(1L, Item.class)).isNull();
		assertThat(this.cache.retrieve(1L)).isNull();
	}

	@Test
	void putThenGetReturnsEqualValue() {
		this.cache.put(1L, new Item(1L, "a"));
		assertThat(this.cache.get(1L, Item.class)).isEqualTo(new Item(1L, "a"));
		assertThat(this.cache.get(1L)).extracting(Cache.ValueWrapper::get).isEqualTo(new Item(1L, "a"));
		assertThat(this.cache.retrieve(1L)).isCompleted();
	}

	@Test
	void getWhenOfAnotherTypeNamesTheTypes() {
		this.cache.put(1L, "text");
		assertThatIllegalStateException().isThrownBy(() -> this.cache.get(1L, Integer.class))
			.withMessageContaining("java.lang.String")
			.withMessageContaining("java.lang.Integer")
			.withMessageContaining("plain");
	}

	@Test
	void getWithLoaderLoadsOnce() {
		AtomicInteger loads = new AtomicInteger();
		assertThat(this.cache.get(1L, loads::incrementAndGet)).isEqualTo(1);
		assertThat(this.cache.get(1L, loads::incrementAndGet)).isEqualTo(1);
	}

	@Test
	void getWhenLoaderFailsWrapsTheFailure() {
		assertThatExceptionOfType(ValueRetrievalException.class).isThrownBy(() -> this.cache.get(1L, () -> {
			throw new java.io.IOException("no");
		})).withRootCauseInstanceOf(java.io.IOException.class);
		assertThat(this.cache.get(1L)).isNull();
	}

	@Test
	void getWhenLoaderYieldsNullCachesItOnlyIfAbsenceIsCached() {
		assertThat(this.cache.<Object>get(1L, () -> null)).isNull();
		assertThat(this.cache.get(1L)).isNull();
		assertThat(this.absentCache.<Object>get(1L, () -> null)).isNull();
		assertThat(this.absentCache.get(1L)).isNotNull().extracting(Cache.ValueWrapper::get).isNull();
	}

	@Test
	void retrieveWithLoaderCachesTheValue() {
		assertThat(this.cache.retrieve(1L, () -> CompletableFuture.supplyAsync(() -> "v")))
			.succeedsWithin(Duration.ofSeconds(5))
			.isEqualTo("v");
		assertThat(this.cache.get(1L, String.class)).isEqualTo("v");
	}

	@Test
	void retrieveWhenLoaderFailsPropagatesAndCachesNothing() {
		CompletableFuture<Object> failed = this.cache.retrieve(1L,
				() -> CompletableFuture.failedFuture(new IllegalStateException("no")));
		assertThat(failed).failsWithin(Duration.ofSeconds(5));
		assertThat(this.cache.get(1L)).isNull();
		assertThat(this.cache.retrieve(1L, () -> CompletableFuture.completedFuture("v"))).isCompletedWithValue("v");
	}

	@Test
	void putNullWhenAbsenceIsNotCachedFails() {
		this.cache.put(1L, "v");
		assertThatIllegalArgumentException().isThrownBy(() -> this.cache.put(1L, null));
		assertThat(this.cache.get(1L)).isNotNull().extracting(Cache.ValueWrapper::get).isEqualTo("v");
	}

	@Test
	void putNullWhenAbsenceIsCachedCachesIt() {
		this.absentCache.put(1L, null);
		assertThat(this.absentCache.get(1L)).isNotNull().extracting(Cache.ValueWrapper::get).isNull();
	}

	@Test
	@DisplayName("Spring's own sign for null is null, whoever made it")
	void putOfNullValueIsNull() {
		for (Object none : List.of(NullValue.INSTANCE, BeanUtils.instantiateClass(NullValue.class))) {
			this.absentCache.put(1L, none);
			this.absentCache.putAll(Map.of(2L, none));
			this.absentCache.putIfAbsent(3L, none);
			for (long key = 1; key <= 3; key++) {
				assertThat(this.absentCache.get(key)).isNotNull().extracting(Cache.ValueWrapper::get).isNull();
				assertThat(this.absentCache.get(key, String.class)).isNull();
			}
			this.absentCache.clear();
			assertThatIllegalArgumentException().isThrownBy(() -> this.cache.put(1L, none));
		}
	}

	@Test
	void putIfAbsentReturnsWhatWasThere() {
		assertThat(this.cache.putIfAbsent(1L, "a")).isNull();
		assertThat(this.cache.putIfAbsent(1L, "b")).extracting(Cache.ValueWrapper::get).isEqualTo("a");
		assertThat(this.cache.get(1L, String.class)).isEqualTo("a");
	}

	@Test
	void putIfAbsentOfNullWhenAbsenceIsCachedCachesIt() {
		assertThat(this.absentCache.putIfAbsent(1L, null)).isNull();
		assertThat(this.absentCache.putIfAbsent(1L, "b")).isNotNull().extracting(Cache.ValueWrapper::get).isNull();
	}

	@Test
	void evictAndRemoveForget() {
		this.cache.putAll(Map.of(1L, "a", 2L, "b", 3L, "c"));
		this.cache.evict(1L);
		this.cache.remove(2L);
		assertThat(this.cache.evictIfPresent(3L)).isTrue();
		assertThat(this.cache.evictIfPresent(3L)).isFalse();
		assertThat(this.cache.getAll(List.of(1L, 2L, 3L))).isEmpty();
	}

	@Test
	void clearAndInvalidateForgetAll() {
		assertThat(this.cache.invalidate()).isFalse();
		this.cache.put(1L, "a");
		assertThat(this.cache.invalidate()).isTrue();
		this.cache.put(1L, "a");
		this.cache.clear();
		assertThat(this.cache.get(1L)).isNull();
	}

	@Test
	void getAllKeepsTheOrderOfKeys() {
		this.cache.putAll(Map.of(1L, "a", 2L, "b", 3L, "c"));
		assertThat(this.cache.getAll(List.of(3L, 9L, 1L))).containsExactly(Map.entry(3L, "c"), Map.entry(1L, "a"));
	}

	@Test
	@DisplayName("J1: callers and cache share no instance")
	void valuesAreIsolated() {
		Item written = new Item(1L, "a");
		this.cache.put(1L, written);
		written.setName("changed");
		Item read = this.cache.get(1L, Item.class);
		assertThat(read).isEqualTo(new Item(1L, "a"));
		read.setName("changed");
		assertThat(this.cache.get(1L, Item.class)).isEqualTo(new Item(1L, "a"));
		Item loaded = this.cache.get(2L, () -> new Item(2L, "b"));
		assertThat(loaded).isNotNull();
		loaded.setName("changed");
		assertThat(this.cache.get(2L, Item.class)).isEqualTo(new Item(2L, "b"));
	}

	@Test
	void valuesAreSharedWhenTheSettingsSaySo() {
		CaffeinePolicyCache shared = Specs.of("s").isolation(Isolation.SHARED).manager(null).getCache("s");
		Item item = new Item(1L, "a");
		assertThat(shared).isNotNull();
		shared.put(1L, item);
		assertThat(shared.get(1L, Item.class)).isSameAs(item);
	}

	@Test
	void pendingWritesNeedAStore() {
		assertThat(this.cache.pendingWrites()).isZero();
		assertThat(this.cache.flush(Duration.ofSeconds(1))).isEqualTo(FlushReport.EMPTY);
		assertThat(this.cache.deadLetters()).isEmpty();
		this.cache.withPolicy(WritePolicy.WRITE_BACK).put(1L, "a");
		assertThat(this.cache.get(1L, String.class)).isEqualTo("a");
		assertThat(this.cache.pendingWrites()).isZero();
	}

	@Test
	void maximumSizeBoundsTheEntries() {
		CaffeinePolicyCache small = Specs.of("s").maximumSize(2L).manager(null).getCache("s");
		assertThat(small).isNotNull();
		for (long key = 0; key < 100; key++) {
			small.put(key, "v");
		}
		small.getNativeCache().cleanUp();
		assertThat(small.getNativeCache().estimatedSize()).isEqualTo(2);
	}

	@Test
	void everyMethodOfCacheIsOverridden() {
		Set<String> own = Set.copyOf(
				Arrays.stream(CaffeinePolicyCache.class.getDeclaredMethods()).map(PlainCacheTests::signature).toList());
		List<String> inherited = Arrays.stream(Cache.class.getMethods())
			.filter((method) -> !Modifier.isStatic(method.getModifiers()))
			.map(PlainCacheTests::signature)
			.filter((signature) -> !own.contains(signature))
			.toList();
		assertThat(inherited).containsExactlyInAnyOrder("getName[]", "getNativeCache[]");
	}

	private static String signature(Method method) {
		return method.getName() + Arrays.toString(method.getParameterTypes());
	}

}
