package io.cachepolicy.autoconfigure;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;

import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.PolicyCached;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mockito.Mockito;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCache;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OtherCacheProviders}, and for what is done where
 * {@code spring.cache.type} names another provider.
 */
@ExtendWith(OutputCaptureExtension.class)
class OtherCacheProvidersTests {

	private static final String WARNING = "'spring.cache.type' is not set, and Spring Boot would have taken ";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CachePolicyAutoConfiguration.class,
				CachePolicyCheckAutoConfiguration.class, CacheAutoConfiguration.class))
		.withUserConfiguration(Caching.class);

	/**
	 * Return a class loader that has interfaces with the names of a provider's types.
	 * @param names the names
	 * @return the class loader
	 */
	private static ClassLoader with(String... names) {
		ClassLoader loader = OtherCacheProvidersTests.class.getClassLoader();
		for (String name : names) {
			DynamicType.Unloaded<?> type = new ByteBuddy().makeInterface().name(name).make();
			loader = type.load(loader, ClassLoadingStrategy.Default.WRAPPER).getLoaded().getClassLoader();
		}
		return loader;
	}

	@SuppressWarnings("unchecked")
	private ApplicationContextRunner withBean(ClassLoader loader, String type) throws ClassNotFoundException {
		Class<Object> loaded = (Class<Object>) loader.loadClass(type);
		return this.runner.withClassLoader(loader).withBean(loaded, () -> Mockito.mock(loaded));
	}

	@ParameterizedTest
	@CsvSource({
			"REDIS,org.springframework.data.redis.cache.RedisCacheManager,org.springframework.data.redis.connection.RedisConnectionFactory",
			"HAZELCAST,com.hazelcast.spring.cache.HazelcastCacheManager,com.hazelcast.core.HazelcastInstance",
			"COUCHBASE,org.springframework.data.couchbase.cache.CouchbaseCacheManager,org.springframework.data.couchbase.CouchbaseClientFactory" })
	@DisplayName("the start says what to set if Spring Boot would have taken another provider")
	void warnWhenProviderHasBeans(String type, String library, String bean, CapturedOutput output) throws Exception {
		ClassLoader loader = with(bean, library);
		this.runner.withClassLoader(loader)
			.run((context) -> assertThat(context).hasSingleBean(PolicyCacheManager.class));
		assertThat(output).as("nothing but its classes is there").doesNotContain(WARNING);
		withBean(loader, bean).withPropertyValues("spring.cache.type=caffeine")
			.run((context) -> assertThat(context).hasSingleBean(PolicyCacheManager.class));
		withBean(loader, bean).withPropertyValues("cache-policy.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(CacheManager.class));
		assertThat(output).doesNotContain(WARNING);
		withBean(loader, bean).run((context) -> assertThat(context).hasSingleBean(PolicyCacheManager.class));
		assertThat(output).containsIgnoringCase(WARNING + type).contains("else to " + type.toLowerCase() + ".");
	}

	@Test
	void warnWhenInfinispanIsThere(CapturedOutput output) {
		this.runner.withClassLoader(with("org.infinispan.spring.embedded.provider.SpringEmbeddedCacheManager"))
			.run((context) -> assertThat(context).hasSingleBean(PolicyCacheManager.class));
		assertThat(output).contains(WARNING + "Infinispan");
	}

	@Test
	void warnWhenThereIsAProviderOfJCache(@TempDir Path directory, CapturedOutput output) throws IOException {
		ClassLoader loader = with("javax.cache.Caching");
		this.runner.withClassLoader(loader).run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).as("the interfaces alone are there").doesNotContain(WARNING);
		URL[] both = { provider(directory.resolve("first")), provider(directory.resolve("second")) };
		try (URLClassLoader several = new URLClassLoader(both, loader);
				URLClassLoader one = new URLClassLoader(new URL[] { both[0] }, loader)) {
			this.runner.withClassLoader(several).run((context) -> assertThat(context).hasNotFailed());
			assertThat(output).as("of several Spring Boot takes none").doesNotContain(WARNING);
			this.runner.withClassLoader(one).run((context) -> assertThat(context).hasNotFailed());
		}
		assertThat(output).contains(WARNING + "a JCache provider", "else to jcache.");
	}

	private static URL provider(Path directory) throws IOException {
		Path services = Files.createDirectories(directory.resolve("META-INF/services"));
		Files.writeString(services.resolve("javax.cache.spi.CachingProvider"), "com.acme.Provider");
		return directory.toUri().toURL();
	}

	@Test
	void typeOfAnotherProviderIsRespected(CapturedOutput output) {
		this.runner.withPropertyValues("spring.cache.type=simple")
			.run((context) -> assertThat(context).hasSingleBean(ConcurrentMapCacheManager.class)
				.doesNotHaveBean(PolicyCacheManager.class));
		this.runner.withPropertyValues("spring.cache.type=redis")
			.run((context) -> assertThat(context).as("Redis is not there")
				.getFailure()
				.rootCause()
				.hasMessageContaining("No cache manager could be auto-configured"));
		assertThat(output).doesNotContain(WARNING);
	}

	@Test
	@DisplayName("a second cache manager that is no default candidate is there for the methods that name it")
	void secondManagerIsUsedByName() {
		this.runner.withUserConfiguration(SecondManager.class).run((context) -> {
			assertThat(context.getBean("cacheManager")).isInstanceOf(PolicyCacheManager.class);
			Rates rates = context.getBean(Rates.class);
			rates.shared("EUR");
			rates.own("EUR");
			Cache shared = context.getBean("sharedCacheManager", CacheManager.class).getCache("rates");
			assertThat(shared).isInstanceOf(ConcurrentMapCache.class);
			assertThat(shared.get("EUR", String.class)).isEqualTo("shared");
			assertThat(context.getBean(PolicyCacheManager.class).getCache("rates").get("EUR", String.class))
				.isEqualTo("own");
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class SecondManager {

		@Bean(defaultCandidate = false)
		CacheManager sharedCacheManager() {
			return new ConcurrentMapCacheManager();
		}

		@Bean
		Rates rates() {
			return new Rates();
		}

	}

	static class Rates {

		@Cacheable(cacheNames = "rates", cacheManager = "sharedCacheManager")
		String shared(String currency) {
			return "shared";
		}

		@PolicyCached("rates")
		String own(String currency) {
			return "own";
		}

	}

	@EnableCaching
	@Configuration(proxyBeanMethods = false)
	static class Caching {

	}

}
