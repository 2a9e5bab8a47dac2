package io.cachepolicy.autoconfigure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.PolicyCached;
import io.cachepolicy.cache.OperationViews;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCache;
import org.springframework.cache.concurrent.ConcurrentMapCache;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.support.SimpleCacheManager;
import org.springframework.cache.support.SimpleValueWrapper;
import org.springframework.cache.transaction.TransactionAwareCacheManagerProxy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests that caches take the place of Spring Boot's Caffeine caches, with what Spring
 * Framework's tests expect of any cache.
 */
class InPlaceOfCaffeineTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CachePolicyAutoConfiguration.class,
				CachePolicyCheckAutoConfiguration.class, CacheAutoConfiguration.class))
		.withUserConfiguration(Application.class);

	private static PolicyCache cache(CacheManager manager) {
		return (PolicyCache) Objects.requireNonNull(manager.getCache("plain"));
	}

	@ParameterizedTest
	@ValueSource(classes = { WrappingProcessor.class, ReplacingProcessor.class })
	@DisplayName("an application that wraps or replaces the cache manager starts, and caches")
	void startWhenManagerIsWrapped(Class<?> processor) {
		this.runner.withUserConfiguration(processor).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean("cacheManager")).isNotInstanceOf(PolicyCacheManager.class);
			Lookups lookups = context.getBean(Lookups.class);
			assertThat(lookups.find("a")).isEqualTo(1);
			assertThat(lookups.find("a")).isEqualTo(1);
			assertThat(lookups.policy("a")).isEqualTo(2);
			assertThat(lookups.policy("a")).isEqualTo(2);
		});
	}

	@Test
	@DisplayName("Spring Boot makes the cache manager of Cache beans, and the start says so where annotations need another")
	void startWhenThereAreCacheBeans() {
		ApplicationContextRunner beans = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(CachePolicyAutoConfiguration.class,
					CachePolicyCheckAutoConfiguration.class, CacheAutoConfiguration.class))
			.withUserConfiguration(CacheBeans.class);
		beans.run((context) -> assertThat(context.getBean(CacheManager.class)).isInstanceOf(SimpleCacheManager.class));
		beans.withUserConfiguration(Application.class)
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("Cache beans, such as 'books'")
				.extracting("action")
				.asString()
				.contains("'spring.cache.type' to caffeine"));
		beans.withPropertyValues("spring.cache.type=caffeine")
			.run((context) -> assertThat(context).hasSingleBean(PolicyCacheManager.class));
	}

	@Test
	@DisplayName("a cache without a store keeps null, as Spring Boot's Caffeine caches do")
	void nullIsCached() {
		this.runner.run((context) -> {
			Lookups lookups = context.getBean(Lookups.class);
			assertThat(lookups.none("a")).isNull();
			assertThat(lookups.none("a")).isNull();
			assertThat(lookups.calls()).isOne();
		});
		this.runner.withPropertyValues("cache-policy.caches.plain.cache-absent=false").run((context) -> {
			Lookups lookups = context.getBean(Lookups.class);
			lookups.none("a");
			lookups.none("a");
			assertThat(lookups.calls()).isEqualTo(2);
		});
	}

	@Test
	@DisplayName("null is put in one way, as a value or not at all")
	void nullIsPut() {
		Map<String, Object> nothing = new HashMap<>();
		nothing.put("b", null);
		this.runner.run((context) -> {
			PolicyCache cache = cache(context.getBean(CacheManager.class));
			cache.put("a", "old");
			cache.put("b", "old");
			cache.put("a", null);
			cache.putAll(nothing);
			for (String key : Arrays.asList("a", "b")) {
				assertThat(cache.get(key)).isNotNull();
				assertThat(cache.get(key).get()).isNull();
				assertThat(cache.get(key, String.class)).isNull();
				assertThat(cache.get(key, () -> "loaded")).isNull();
			}
			assertThat(cache.putIfAbsent("a", "new")).isNotNull();
			assertThat(cache.putIfAbsent("c", null)).isNull();
			assertThat(cache.get("c")).isNotNull();
		});
		this.runner.withPropertyValues("cache-policy.caches.plain.cache-absent=false").run((context) -> {
			PolicyCache cache = cache(context.getBean(CacheManager.class));
			assertThatIllegalArgumentException().isThrownBy(() -> cache.put("a", null)).withMessageContaining("plain");
			assertThatIllegalArgumentException().isThrownBy(() -> cache.putAll(nothing));
		});
	}

	@Test
	@DisplayName("a value of another type than asked for is an illegal state, not a failed cast")
	void otherTypeIsIllegalState() {
		this.runner.run((context) -> {
			PolicyCache cache = cache(context.getBean(CacheManager.class));
			cache.put("a", "text");
			assertThatIllegalStateException().isThrownBy(() -> cache.get("a", Integer.class));
			Cache view = ((OperationViews) cache).reading((value) -> true, (value) -> {
			});
			assertThatIllegalStateException().isThrownBy(() -> view.get("a", Integer.class));
			assertThat(view.get("a", String.class)).isEqualTo("text");
		});
	}

	@Test
	@DisplayName("what Spring Framework's tests expect of any cache")
	void cacheBehavesAsAnyOther() {
		this.runner.run((context) -> {
			PolicyCache cache = cache(context.getBean(CacheManager.class));
			assertThat(cache.get("k")).isNull();
			cache.put("k", "v");
			assertThat(cache.get("k").get()).isEqualTo("v");
			assertThat(cache.get("k", (Class<?>) null)).isEqualTo("v");
			assertThat(cache.get("k", Object.class)).isEqualTo("v");
			assertThat(cache.putIfAbsent("k", "other").get()).isEqualTo("v");
			assertThat(cache.evictIfPresent("k")).isTrue();
			assertThat(cache.evictIfPresent("k")).isFalse();
			assertThat(cache.get("k", () -> "loaded")).isEqualTo("loaded");
			assertThat(cache.get("k").get()).isEqualTo("loaded");
			assertThat(catchThrowable(() -> cache.get("x", () -> {
				throw new UnsupportedOperationException("expected");
			}))).isInstanceOf(Cache.ValueRetrievalException.class)
				.hasCauseInstanceOf(UnsupportedOperationException.class);
			assertThat(cache.invalidate()).isTrue();
			assertThat(cache.get("k")).isNull();
			assertThat(cache.invalidate()).isFalse();
		});
	}

	@Test
	@DisplayName("a cached null is a hit, of loaders as well")
	void loadersAndNull() {
		this.runner.run((context) -> {
			PolicyCache cache = cache(context.getBean(CacheManager.class));
			assertThat(cache.<Object>get("k", () -> null)).isNull();
			assertThat(cache.get("k")).isNotNull();
			assertThat(cache.<Object>get("k", () -> {
				throw new IllegalStateException("not called");
			})).isNull();
			assertThat(cache.retrieve("k").join()).isEqualTo(new SimpleValueWrapper(null));
			assertThat(cache.retrieve("k", () -> CompletableFuture.completedFuture("new")).join()).isNull();
			cache.evict("k");
			assertThat(cache.retrieve("k")).isNull();
			assertThat(cache.<Object>retrieve("k", () -> CompletableFuture.completedFuture(null)).join()).isNull();
			assertThat(cache.get("k")).isNotNull();
			cache.clear();
			assertThat(cache.get("k")).isNull();
		});
	}

	@Test
	@DisplayName("callers that miss a key at the same time wait for one load")
	void concurrentLoads() {
		this.runner.run((context) -> {
			PolicyCache cache = cache(context.getBean(CacheManager.class));
			AtomicInteger loads = new AtomicInteger();
			CountDownLatch loading = new CountDownLatch(1);
			CountDownLatch release = new CountDownLatch(1);
			ExecutorService threads = Executors.newFixedThreadPool(10);
			try {
				List<Future<Integer>> found = new ArrayList<>();
				for (int i = 0; i < 10; i++) {
					found.add(threads.submit(() -> cache.get("k", () -> {
						loading.countDown();
						assertThat(release.await(30, TimeUnit.SECONDS)).isTrue();
						return loads.incrementAndGet();
					})));
				}
				assertThat(loading.await(30, TimeUnit.SECONDS)).isTrue();
				release.countDown();
				for (Future<Integer> each : found) {
					assertThat(each.get(30, TimeUnit.SECONDS)).isOne();
				}
			}
			finally {
				threads.shutdownNow();
			}
		});
	}

	@Test
	@DisplayName("a cache made for a name that is new is a Caffeine cache, and stays the same")
	void managerMakesCaffeineCaches() {
		this.runner.run((context) -> {
			CacheManager manager = context.getBean(CacheManager.class);
			Cache cache = manager.getCache("new");
			assertThat(cache).isInstanceOf(CaffeineCache.class).isSameAs(manager.getCache("new"));
			assertThat(cache.getName()).isEqualTo("new");
			assertThat(cache.getNativeCache()).isInstanceOf(com.github.benmanes.caffeine.cache.Cache.class);
			cache.put("k", "v");
			manager.resetCaches();
			assertThat(manager.getCache("new").get("k")).isNull();
		});
	}

	@EnableCaching
	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		Lookups lookups() {
			return new Lookups();
		}

	}

	static class Lookups {

		private final AtomicInteger calls = new AtomicInteger();

		int calls() {
			return this.calls.get();
		}

		@Cacheable("plain")
		Integer find(String name) {
			return this.calls.incrementAndGet();
		}

		@Cacheable("plain")
		@Nullable Integer none(String name) {
			this.calls.incrementAndGet();
			return null;
		}

		@PolicyCached("counted")
		Integer policy(String name) {
			return this.calls.incrementAndGet();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CacheBeans {

		@Bean
		Cache books() {
			return new ConcurrentMapCache("books");
		}

		@EnableCaching
		@Configuration(proxyBeanMethods = false)
		static class Caching {

		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WrappingProcessor {

		@Bean
		static BeanPostProcessor wrapping() {
			return new BeanPostProcessor() {

				@Override
				public Object postProcessAfterInitialization(Object bean, String beanName) {
					return (bean instanceof CacheManager manager) ? new TransactionAwareCacheManagerProxy(manager)
							: bean;
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ReplacingProcessor {

		@Bean
		static BeanPostProcessor replacing() {
			return new BeanPostProcessor() {

				@Override
				public Object postProcessAfterInitialization(Object bean, String beanName) {
					return (bean instanceof CacheManager) ? new ConcurrentMapCacheManager() : bean;
				}

			};
		}

	}

}
