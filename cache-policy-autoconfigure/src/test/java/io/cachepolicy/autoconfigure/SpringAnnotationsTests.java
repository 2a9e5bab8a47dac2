package io.cachepolicy.autoconfigure;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import io.cachepolicy.PolicyCacheManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheConfig;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.Caching;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.interceptor.KeyGenerator;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.support.TestPropertySourceUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What Spring Framework's own tests expect of its cache annotations, on caches without a
 * store.
 */
class SpringAnnotationsTests {

	private static AnnotationConfigApplicationContext context;

	private static Desk desk;

	private static Shelf shelf;

	private final Object key = new Object();

	@BeforeAll
	static void start() {
		context = new AnnotationConfigApplicationContext();
		TestPropertySourceUtils.addInlinedPropertiesToEnvironment(context,
				"spring.cache.cache-names=desk,first,second");
		context.register(Application.class);
		context.refresh();
		desk = context.getBean(Desk.class);
		shelf = context.getBean(Shelf.class);
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	@BeforeEach
	void clear() {
		context.getBean("cacheManager", CacheManager.class).resetCaches();
	}

	private static Cache cache(String name) {
		return Objects.requireNonNull(context.getBean("cacheManager", CacheManager.class).getCache(name));
	}

	private static @Nullable Object cached(String name, Object key) {
		Cache.ValueWrapper found = cache(name).get(key);
		assertThat(found).isNotNull();
		return found.get();
	}

	@Test
	void managerHasTheNamesOfTheApplicationOnly() {
		CacheManager manager = context.getBean("cacheManager", CacheManager.class);
		assertThat(manager).isInstanceOf(PolicyCacheManager.class);
		assertThat(manager.getCacheNames()).containsExactlyInAnyOrder("desk", "first", "second");
		assertThat(manager.getCache("desk")).isSameAs(manager.getCache("desk"));
		assertThat(manager.getCache("none")).isNull();
		assertThatIllegalArgumentException().isThrownBy(() -> desk.inUnknownCache(this.key))
			.withMessageContaining("Cannot find cache named 'none'");
	}

	// ---- @Cacheable ----

	@Test
	void valueIsCached() {
		Object found = desk.find(this.key);
		assertThat(desk.find(this.key)).isSameAs(found);
		assertThat(desk.find(new Object())).isNotSameAs(found);
		assertThat(cached("desk", this.key)).isSameAs(found);
		Object once = desk.findOnce("once");
		assertThat(desk.findOnce("once")).isSameAs(once);
		assertThat(desk.find("once")).isSameAs(once);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void nullIsCached(boolean sync) {
		assertThat((sync) ? desk.nothingOnce(this.key) : desk.nothing(this.key)).isNull();
		long calls = desk.calls();
		assertThat((sync) ? desk.nothingOnce(this.key) : desk.nothing(this.key)).isNull();
		assertThat(desk.calls()).isEqualTo(calls);
		assertThat(cached("desk", this.key)).isNull();
	}

	@Test
	@DisplayName("the key of no, one null, and several arguments")
	void keysOfArguments() {
		assertThat(desk.withoutArgument()).isSameAs(desk.withoutArgument());
		assertThat(cache("first").get(SimpleKey.EMPTY)).isNotNull();
		assertThat(desk.find(null)).isSameAs(desk.find(null));
		Object several = desk.withArguments(1, 2);
		assertThat(desk.withArguments(1, 2)).isSameAs(several);
		assertThat(desk.withArguments(1)).isNotSameAs(several);
		assertThat(desk.withPrimitives("a", 1, 2)).isSameAs(desk.withPrimitives("a", 1, 2))
			.isNotSameAs(desk.withPrimitives("a", 1, 3));
		assertThat(desk.byFirst(1, 2)).isSameAs(desk.byFirst(1, 3)).isNotSameAs(desk.byFirst(2, 2));
	}

	@Test
	void keysOfExpressions() {
		Object named = desk.byMethod(this.key);
		assertThat(cached("desk", "byMethod")).isSameAs(named);
		Object root = desk.byRoot(this.key);
		assertThat(cached("desk", "byRoot/Desk/desk/1")).isSameAs(root);
		assertThat(desk.byBean(this.key)).isSameAs(cached("desk", "prefix-1"));
	}

	@Test
	void keysOfGenerators() {
		Object generated = desk.generated(this.key);
		assertThat(cached("desk", "generated:" + this.key)).isSameAs(generated);
		assertThatExceptionOfType(NoSuchBeanDefinitionException.class).isThrownBy(() -> desk.generatedByNone(this.key));
	}

	@Test
	void anotherManagerIsUsedByName() {
		Object elsewhere = desk.elsewhere(this.key);
		assertThat(desk.elsewhere(this.key)).isSameAs(elsewhere);
		assertThat(cache("desk").get(this.key)).isNull();
		assertThat(context.getBean("other", CacheManager.class).getCache("desk").get(this.key).get())
			.isSameAs(elsewhere);
		assertThatExceptionOfType(NoSuchBeanDefinitionException.class).isThrownBy(() -> desk.nowhere(this.key));
	}

	@Test
	void conditionsDecide() {
		assertThat(desk.ifThree(4)).isNotSameAs(desk.ifThree(4));
		assertThat(desk.ifThree(3)).isSameAs(desk.ifThree(3));
		assertThat(desk.ifFourOnce(5)).isNotSameAs(desk.ifFourOnce(5));
		assertThat(desk.ifFourOnce(4)).isSameAs(desk.ifFourOnce(4));
		assertThat(desk.unlessMoreThanTen(10)).isEqualTo(10L);
		assertThat(desk.unlessMoreThanTen(11)).isEqualTo(11L);
		assertThat(cached("desk", 10L)).isEqualTo(10L);
		assertThat(cache("desk").get(11L)).isNull();
	}

	@Test
	@DisplayName("of several @Cacheable the first that has the value answers")
	void severalConditions() {
		assertThat(desk.single(1)).isEqualTo(List.of());
		long calls = desk.calls();
		assertThat(desk.shortOrLong(1)).isEqualTo(List.of());
		assertThat(desk.calls()).isEqualTo(calls);
		assertThat(desk.shortOrLong(2)).isEqualTo(List.of());
		assertThat(cache("first").get(2)).isNotNull();
		assertThat(cache("second").get(2)).isNull();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("what the body throws is thrown, and nothing is cached")
	void exceptionsOfTheBody(boolean sync) {
		IOException checked = new IOException("checked");
		assertThat(failureOf(checked, sync)).isSameAs(checked);
		IllegalStateException unchecked = new IllegalStateException("unchecked");
		assertThat(failureOf(unchecked, sync)).isSameAs(unchecked);
		Error error = new AssertionError("error");
		assertThat(failureOf(error, sync)).isSameAs(error);
		assertThat(cache("desk").get(checked)).isNull();
	}

	private static Throwable failureOf(Throwable failure, boolean sync) {
		return catchThrowable(() -> {
			if (sync) {
				desk.failOnce(failure);
			}
			else {
				desk.fail(failure);
			}
		});
	}

	@Test
	@DisplayName("sync = true is refused with what it can't do")
	void limitsOfSync() {
		for (Consumer<Object> call : List.<Consumer<Object>>of(desk::onceUnless, desk::onceInTwoCaches,
				desk::onceAndEvict, desk::onceTwice)) {
			assertThatIllegalStateException().isThrownBy(() -> call.accept(this.key))
				.withMessageContaining("sync=true");
		}
	}

	// ---- @CacheEvict ----

	@Test
	void evictForgetsOneKey() {
		Object first = desk.find(1);
		Object second = desk.find(2);
		desk.evict(1);
		assertThat(cache("desk").get(1)).isNull();
		assertThat(desk.find(1)).isNotSameAs(first);
		assertThat(desk.find(2)).isSameAs(second);
		desk.evictAll();
		assertThat(cache("desk").get(1)).isNull();
		assertThat(desk.find(2)).isNotSameAs(second);
	}

	@Test
	@DisplayName("an eviction happens after the body if it does not fail, or before it")
	void evictWhenBodyFails() {
		Object found = desk.find(1);
		assertThatIllegalStateException().isThrownBy(() -> desk.evictAndFail(1));
		assertThat(desk.find(1)).isSameAs(found);
		assertThatIllegalStateException().isThrownBy(() -> desk.evictFirstAndFail(1));
		assertThat(cache("desk").get(1)).isNull();
		desk.find(2);
		assertThatIllegalStateException().isThrownBy(() -> desk.evictAllFirstAndFail());
		assertThat(cache("desk").get(2)).isNull();
	}

	// ---- @CachePut ----

	@Test
	void putRunsTheBodyEachTime() {
		Object first = desk.put(this.key);
		assertThat(cached("desk", this.key)).isSameAs(first);
		Object second = desk.put(this.key);
		assertThat(second).isNotSameAs(first);
		assertThat(cached("desk", this.key)).isSameAs(second);
		desk.putIfThree(1);
		desk.putIfThree(3);
		assertThat(cache("desk").get(1)).isNull();
		assertThat(cache("desk").get(3)).isNotNull();
		Note note = desk.putByResult(new Note(7));
		assertThat(cached("first", 7L)).isSameAs(note);
		assertThat(desk.putUnlessNull(null)).as("no key of null is asked for").isNull();
	}

	@Test
	@DisplayName("@Cacheable and @CachePut on one method")
	void cacheableAndPut() {
		Object first = desk.getOrPut("1", true);
		assertThat(desk.getOrPut("1", true)).isSameAs(first);
		Object put = desk.getOrPut("1", false);
		assertThat(put).isNotSameAs(first);
		assertThat(desk.getOrPut("1", true)).isSameAs(put);
		long value = desk.getAndPut(5L);
		assertThat(cached("first", 5L)).isEqualTo(value);
		assertThat(cached("first", value + 1000)).isEqualTo(value);
		assertThat(desk.getAndPut(5L)).isNotEqualTo(value);
	}

	// ---- Several caches ----

	@Test
	void severalCaches() {
		Object found = desk.findInBoth(1);
		assertThat(cached("first", 1)).isSameAs(found);
		assertThat(cached("second", 1)).isSameAs(found);
		cache("first").evict(1);
		assertThat(desk.findInBoth(1)).isSameAs(found);
		cache("second").put(2, "other");
		desk.evictFromBoth(1);
		assertThat(cache("first").get(1)).isNull();
		assertThat(cache("second").get(1)).isNull();
		assertThat(cache("second").get(2)).as("all entries").isNull();
		Object put = desk.putInBoth(3);
		assertThat(cached("first", 3)).isSameAs(put);
		assertThat(cached("second", 3)).isSameAs(put);
	}

	@Test
	void cacheableAndEvict() {
		cache("second").put(1, "old");
		Object found = desk.findIfThreeAndEvict(1);
		assertThat(cache("first").get(1)).isNull();
		assertThat(cache("second").get(1)).as("evicted without the condition").isNull();
		assertThat(desk.findIfThreeAndEvict(1)).isNotSameAs(found);
		cache("second").put(3, "old");
		Object kept = desk.findIfThreeAndEvict(3);
		cache("second").put(3, "new");
		assertThat(desk.findIfThreeAndEvict(3)).isSameAs(kept);
		assertThat(cache("second").get(3)).as("evicted on a hit too").isNull();
	}

	// ---- Annotations of a type ----

	@Test
	void annotationsOfTheTypeCount() {
		Object found = shelf.find(this.key);
		assertThat(shelf.find(this.key)).isSameAs(found);
		assertThat(cached("desk", this.key)).isSameAs(found);
		shelf.evict(this.key);
		assertThat(cache("desk").get(this.key)).isNull();
		Object put = shelf.put(this.key);
		assertThat(shelf.find(this.key)).isSameAs(put);
		assertThat(shelf.findElsewhere(this.key)).isSameAs(cached("first", this.key));
	}

	// ---- Optional and CompletableFuture ----

	@Test
	void optionalIsUnwrapped() {
		Note note = new Note(7);
		desk.putOptional(Optional.of(note));
		assertThat(cached("first", 7L)).isSameAs(note);
		assertThat(desk.findOptional(7L)).containsSame(note);
		assertThat(desk.findOptionalOnce(7L)).containsSame(note);
		cache("first").clear();
		Note other = desk.findOptionalOnce(7L).orElseThrow();
		assertThat(other).isNotSameAs(note);
		assertThat(desk.findOptional(7L)).containsSame(other);
		assertThat(desk.findOptional(-1L)).isEmpty();
		long calls = desk.calls();
		assertThat(desk.findOptional(-1L)).isEmpty();
		assertThat(desk.findOptionalOnce(-1L)).isEmpty();
		assertThat(desk.calls()).isEqualTo(calls);
	}

	private static CompletableFuture<@Nullable Note> later(long id, boolean sync) {
		return (sync) ? desk.laterOnce(id) : desk.later(id);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void futureIsUnwrapped(boolean sync) {
		Note found = later(7L, sync).join();
		assertThat(later(7L, sync).join()).isSameAs(found);
		assertThat(cached("first", 7L)).isSameAs(found);
		assertThat(later(-1L, sync).join()).isNull();
		assertThat(cached("first", -1L)).isNull();
		long calls = desk.calls();
		assertThat(later(-1L, sync).join()).isNull();
		assertThat(desk.calls()).isEqualTo(calls);
		desk.evictLater(7L).join();
		assertThat(cache("first").get(7L)).isNull();
		Note put = desk.putLater(new Note(7)).join();
		assertThat(later(7L, sync).join()).isSameAs(put);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("a future that fails is not cached, and its body runs once")
	void futureFails(boolean sync) {
		long calls = desk.calls();
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> later(0L, sync).join())
			.withCauseInstanceOf(IllegalStateException.class);
		assertThat(desk.calls()).isEqualTo(calls + 1);
		assertThat(cache("first").get(0L)).isNull();
	}

	@Test
	void futureIsNotCachedUnless() {
		assertThat(desk.laterUnless(7L).join()).isNotSameAs(desk.laterUnless(7L).join());
		assertThat(cache("first").get(7L)).isNull();
	}

	@EnableCaching(proxyTargetClass = true)
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ CachePolicyAutoConfiguration.class, CacheAutoConfiguration.class })
	static class Application {

		@Bean
		Desk desk() {
			return new Desk();
		}

		@Bean
		Shelf shelf() {
			return new Shelf();
		}

		@Bean
		String prefix() {
			return "prefix";
		}

		@Bean
		KeyGenerator generator() {
			return (target, method, params) -> method.getName() + ":" + params[0];
		}

		@Bean(defaultCandidate = false)
		CacheManager other() {
			return new ConcurrentMapCacheManager();
		}

	}

	record Note(long id) {

	}

	static class Desk {

		private final AtomicLong calls = new AtomicLong();

		long calls() {
			return this.calls.get();
		}

		private Object next() {
			this.calls.incrementAndGet();
			return new Object();
		}

		@Override
		public String toString() {
			return "desk";
		}

		@Cacheable("none")
		Object inUnknownCache(Object key) {
			return next();
		}

		@Cacheable("desk")
		Object find(@Nullable Object key) {
			return next();
		}

		@Cacheable(cacheNames = "desk", sync = true)
		Object findOnce(Object key) {
			return next();
		}

		@Cacheable("desk")
		@Nullable Object nothing(Object key) {
			next();
			return null;
		}

		@Cacheable(cacheNames = "desk", sync = true)
		@Nullable Object nothingOnce(Object key) {
			next();
			return null;
		}

		@Cacheable("first")
		Object withoutArgument() {
			return next();
		}

		@Cacheable("desk")
		Object withArguments(Object... arguments) {
			return next();
		}

		@Cacheable("desk")
		Object withPrimitives(String name, int... arguments) {
			return next();
		}

		@Cacheable(cacheNames = "desk", key = "#p0")
		Object byFirst(Object first, Object second) {
			return next();
		}

		@Cacheable(cacheNames = "desk", key = "#root.methodName")
		Object byMethod(Object key) {
			return next();
		}

		@Cacheable(cacheNames = "desk",
				key = "#root.method.name + '/' + #root.targetClass.simpleName + '/' + #root.target + '/' + #root.args.length")
		Object byRoot(Object key) {
			return next();
		}

		@Cacheable(cacheNames = "desk", key = "@prefix + '-' + #root.caches.size()")
		Object byBean(Object key) {
			return next();
		}

		@Cacheable(cacheNames = "desk", keyGenerator = "generator")
		Object generated(Object key) {
			return next();
		}

		@Cacheable(cacheNames = "desk", keyGenerator = "noGenerator")
		Object generatedByNone(Object key) {
			return next();
		}

		@Cacheable(cacheNames = "desk", cacheManager = "other")
		Object elsewhere(Object key) {
			return next();
		}

		@Cacheable(cacheNames = "desk", cacheManager = "noManager")
		Object nowhere(Object key) {
			return next();
		}

		@Cacheable(cacheNames = "desk", condition = "#p0 == 3")
		Object ifThree(int number) {
			return next();
		}

		@Cacheable(cacheNames = "desk", condition = "#number == 4", sync = true)
		Object ifFourOnce(int number) {
			return next();
		}

		@Cacheable(cacheNames = "desk", unless = "#result > 10")
		long unlessMoreThanTen(long number) {
			return number;
		}

		@Cacheable("first")
		List<Object> single(int key) {
			next();
			return List.of();
		}

		@Caching(cacheable = { @Cacheable(cacheNames = "second", unless = "#result.size() < 4"),
				@Cacheable(cacheNames = "first", unless = "#result.size() > 3") })
		List<Object> shortOrLong(int key) {
			next();
			return List.of();
		}

		@Cacheable("desk")
		Object fail(Throwable failure) throws Throwable {
			throw failure;
		}

		@Cacheable(cacheNames = "desk", sync = true)
		Object failOnce(Throwable failure) throws Throwable {
			throw failure;
		}

		@Cacheable(cacheNames = "desk", sync = true, unless = "#result == null")
		Object onceUnless(Object key) {
			return next();
		}

		@Cacheable(cacheNames = { "first", "second" }, sync = true)
		Object onceInTwoCaches(Object key) {
			return next();
		}

		@Cacheable(cacheNames = "first", sync = true)
		@CacheEvict("second")
		Object onceAndEvict(Object key) {
			return next();
		}

		@Caching(cacheable = { @Cacheable(cacheNames = "first", sync = true),
				@Cacheable(cacheNames = "second", sync = true) })
		Object onceTwice(Object key) {
			return next();
		}

		@CacheEvict("desk")
		void evict(Object key) {
		}

		@CacheEvict(cacheNames = "desk", allEntries = true)
		void evictAll() {
		}

		@CacheEvict("desk")
		void evictAndFail(Object key) {
			throw new IllegalStateException("body");
		}

		@CacheEvict(cacheNames = "desk", beforeInvocation = true)
		void evictFirstAndFail(Object key) {
			throw new IllegalStateException("body");
		}

		@CacheEvict(cacheNames = "desk", allEntries = true, beforeInvocation = true)
		void evictAllFirstAndFail() {
			throw new IllegalStateException("body");
		}

		@CachePut("desk")
		Object put(Object key) {
			return next();
		}

		@CachePut(cacheNames = "desk", condition = "#p0 == 3")
		Object putIfThree(int number) {
			return next();
		}

		@CachePut(cacheNames = "first", key = "#result.id()")
		Note putByResult(Note note) {
			return note;
		}

		@CachePut(cacheNames = "first", key = "#result.id()", unless = "#result == null")
		@Nullable Note putUnlessNull(@Nullable Note note) {
			return note;
		}

		@Cacheable(cacheNames = "desk", condition = "#p1", key = "#p0")
		@CachePut(cacheNames = "desk", condition = "!#p1", key = "#p0")
		Object getOrPut(Object key, boolean get) {
			return next();
		}

		@Cacheable("first")
		@CachePut(cacheNames = "first", key = "#result + 1000", condition = "#result != null")
		long getAndPut(long key) {
			return this.calls.incrementAndGet();
		}

		@Cacheable({ "first", "second" })
		Object findInBoth(Object key) {
			return next();
		}

		@Caching(evict = { @CacheEvict("first"), @CacheEvict(cacheNames = "second", allEntries = true) })
		void evictFromBoth(Object key) {
		}

		@CachePut({ "first", "second" })
		Object putInBoth(Object key) {
			return next();
		}

		@Caching(cacheable = @Cacheable(cacheNames = "first", condition = "#p0 == 3"), evict = @CacheEvict("second"))
		Object findIfThreeAndEvict(int key) {
			return next();
		}

		@Cacheable("first")
		Optional<Note> findOptional(long id) {
			next();
			return (id > 0) ? Optional.of(new Note(7)) : Optional.empty();
		}

		@Cacheable(cacheNames = "first", sync = true)
		Optional<Note> findOptionalOnce(long id) {
			return findOptional(id);
		}

		@CachePut(cacheNames = "first", key = "#result.id()")
		Optional<Note> putOptional(Optional<Note> note) {
			return note;
		}

		@Cacheable("first")
		CompletableFuture<@Nullable Note> later(long id) {
			next();
			return (id == 0) ? CompletableFuture.failedFuture(new IllegalStateException("later"))
					: CompletableFuture.completedFuture((id > 0) ? new Note(7) : null);
		}

		@Cacheable(cacheNames = "first", sync = true)
		CompletableFuture<@Nullable Note> laterOnce(long id) {
			return later(id);
		}

		@Cacheable(cacheNames = "first", unless = "#result.id() == 7")
		CompletableFuture<Note> laterUnless(long id) {
			return CompletableFuture.completedFuture(new Note(7));
		}

		@CacheEvict("first")
		CompletableFuture<Void> evictLater(long id) {
			return CompletableFuture.completedFuture(null);
		}

		@CachePut(cacheNames = "first", key = "#result.id()")
		CompletableFuture<Note> putLater(Note note) {
			return CompletableFuture.completedFuture(note);
		}

	}

	@Cacheable("desk")
	@CacheConfig(cacheNames = "first")
	static class Shelf {

		Object find(Object key) {
			return new Object();
		}

		@CacheEvict("desk")
		void evict(Object key) {
		}

		@CachePut("desk")
		Object put(Object key) {
			return new Object();
		}

		@Cacheable
		Object findElsewhere(Object key) {
			return new Object();
		}

	}

}
