package io.cachepolicy.interceptor;

import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.interceptor.CacheErrorHandler;
import org.springframework.cache.interceptor.CacheInterceptor;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.cache.interceptor.KeyGenerator;
import org.springframework.cache.interceptor.LoggingCacheErrorHandler;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link CacheInterceptorReplacer} and {@link OperationAwareCacheInterceptor}.
 */
@ExtendWith(OutputCaptureExtension.class)
class CacheInterceptorReplacerTests {

	@Test
	void replaceWhenInterceptorIsOfSpringKeepsItsSettings() {
		run(PlainConfiguration.class, (context) -> {
			CacheInterceptor interceptor = context.getBean("cacheInterceptor", CacheInterceptor.class);
			assertThat(interceptor).isExactlyInstanceOf(OperationAwareCacheInterceptor.class);
			assertThat(interceptor.getCacheOperationSource()).isSameAs(context.getBean(CacheOperationSource.class));
		});
	}

	@Test
	void replaceWhenConfigurerIsPresentKeepsItsSettings() {
		run(ConfigurerConfiguration.class, (context) -> {
			CacheInterceptor interceptor = context.getBean("cacheInterceptor", CacheInterceptor.class);
			assertThat(interceptor.getErrorHandler()).isInstanceOf(LoggingCacheErrorHandler.class);
			assertThat(interceptor.getKeyGenerator().generate("", getClass().getMethods()[0])).isEqualTo("custom");
		});
	}

	@Test
	void replaceWhenInterceptorIsCustomLeavesItAndWarns(CapturedOutput output) {
		CustomInterceptor interceptor = new CustomInterceptor();
		run(PlainConfiguration.class, (context) -> {
			CacheInterceptorReplacer replacer = context.getBean(CacheInterceptorReplacer.class);
			assertThat(replacer.postProcessAfterInitialization(interceptor, "custom")).isSameAs(interceptor);
			assertThat(output).contains("Bean 'custom'", "can't tell caches reads from writes");
		});
	}

	@Test
	void cacheableWhenMissingPopulatesAndNeverWrites() {
		run(PlainConfiguration.class, (context) -> {
			Items items = context.getBean(Items.class);
			assertThat(items.find(1)).isEqualTo("item 1");
			assertThat(items.find(1)).isEqualTo("item 1");
			assertThat(cache(context).calls()).containsExactly("populate 1 = item 1");
		});
	}

	@Test
	void cacheableWhenSynchronizedReads() {
		run(PlainConfiguration.class, (context) -> {
			context.getBean(Items.class).findSynchronized(1);
			assertThat(cache(context).calls()).containsExactly("read 1");
		});
	}

	@Test
	void cachePutWritesByPolicyOfCache() {
		run(PlainConfiguration.class, (context) -> {
			context.getBean(Items.class).put(1);
			assertThat(cache(context).calls()).containsExactly("write 1 = item 1 by null");
		});
	}

	@Test
	void cacheEvictForgets() {
		run(PlainConfiguration.class, (context) -> {
			context.getBean(Items.class).evict(1);
			context.getBean(Items.class).evictAll();
			assertThat(cache(context).calls()).containsExactly("evict 1", "clear");
		});
	}

	@Test
	void cachePutWhenConfigurerIsPresentWrites() {
		run(ConfigurerConfiguration.class, (context) -> {
			context.getBean(Items.class).put(1);
			assertThat(cache(context).calls()).containsExactly("write custom = item 1 by null");
		});
	}

	@Test
	void cachePutWhenStoreFailsThrowsDespiteErrorHandler() {
		run(ConfigurerConfiguration.class, (context) -> {
			cache(context).failWith(new IllegalStateException("store"));
			assertThatIllegalStateException().isThrownBy(() -> context.getBean(Items.class).put(1))
				.withMessage("store");
		});
	}

	@Test
	void cacheableAndCacheEvictWhenCacheFailsAskErrorHandler() {
		run(ConfigurerConfiguration.class, (context) -> {
			cache(context).failWith(new IllegalStateException("cache"));
			assertThat(context.getBean(Items.class).find(1)).isEqualTo("item 1");
			context.getBean(Items.class).evict(1);
			assertThat(cache(context).calls()).containsExactly("populate custom = item 1", "evict custom");
		});
	}

	@Test
	void cachePutWhenCacheIsForeignPuts() {
		run(ForeignConfiguration.class, (context) -> {
			context.getBean(Items.class).put(1);
			assertThat(context.getBean(ConcurrentMapCacheManager.class).getCache("items").get(1).get())
				.isEqualTo("item 1");
		});
	}

	private static RecordingCache cache(AnnotationConfigApplicationContext context) {
		return context.getBean(RecordingCacheManager.class).getCache("items");
	}

	private static void run(Class<?> configuration, Consumer<AnnotationConfigApplicationContext> test) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(configuration,
				Items.class)) {
			test.accept(context);
		}
	}

	@SuppressWarnings("serial")
	static class CustomInterceptor extends CacheInterceptor {

	}

	static class Items {

		@Cacheable("items")
		String find(int id) {
			return "item " + id;
		}

		@Cacheable(cacheNames = "items", sync = true)
		String findSynchronized(int id) {
			return "item " + id;
		}

		@CachePut("items")
		String put(int id) {
			return "item " + id;
		}

		@CacheEvict("items")
		void evict(int id) {
		}

		@CacheEvict(cacheNames = "items", allEntries = true)
		void evictAll() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	@Import(PolicyCachedConfiguration.class)
	static class PlainConfiguration {

		@Bean
		RecordingCacheManager cacheManager() {
			return new RecordingCacheManager();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(PlainConfiguration.class)
	static class ConfigurerConfiguration implements CachingConfigurer {

		@Override
		public CacheErrorHandler errorHandler() {
			return new LoggingCacheErrorHandler();
		}

		@Override
		public KeyGenerator keyGenerator() {
			return (target, method, params) -> "custom";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	@Import(PolicyCachedConfiguration.class)
	static class ForeignConfiguration {

		@Bean
		ConcurrentMapCacheManager cacheManager() {
			return new ConcurrentMapCacheManager();
		}

	}

}
