package io.cachepolicy.autoconfigure;

import java.lang.annotation.Annotation;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.Collection;
import java.util.Map;

import io.cachepolicy.CacheStore;
import io.cachepolicy.InvalidPolicyCacheException;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.annotation.AnnotationDescription;
import net.bytebuddy.description.modifier.Visibility;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import net.bytebuddy.implementation.FixedValue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for methods with annotations of JSR-107, whose classes are made here.
 */
class JCacheAnnotationsTests {

	private final Class<? extends Annotation> cacheResult = annotation("CacheResult", getClass().getClassLoader());

	private final Class<? extends Annotation> cacheDefaults = annotation("CacheDefaults",
			this.cacheResult.getClassLoader());

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CachePolicyAutoConfiguration.class))
		.withUserConfiguration(Application.class)
		.withPropertyValues("cache-policy.caches.notes.store=noteStore");

	@SuppressWarnings("unchecked")
	private static Class<? extends Annotation> annotation(String name, ClassLoader loader) {
		return (Class<? extends Annotation>) new ByteBuddy().makeAnnotation()
			.name("javax.cache.annotation." + name)
			.defineMethod("cacheName", String.class, Visibility.PUBLIC)
			.defaultValue("", String.class)
			.annotateType(AnnotationDescription.Builder.ofType(Retention.class)
				.define("value", RetentionPolicy.RUNTIME)
				.build())
			.make()
			.load(loader, ClassLoadingStrategy.Default.WRAPPER)
			.getLoaded();
	}

	private ApplicationContextRunner withService(String cacheName, String defaultName) {
		Class<?> type = new ByteBuddy().subclass(Object.class)
			.name("com.acme.Lookups")
			.annotateType(
					AnnotationDescription.Builder.ofType(this.cacheDefaults).define("cacheName", defaultName).build())
			.defineMethod("find", Object.class, Visibility.PUBLIC)
			.withParameter(Long.class)
			.intercept(FixedValue.nullValue())
			.annotateMethod(
					AnnotationDescription.Builder.ofType(this.cacheResult).define("cacheName", cacheName).build())
			.make()
			.load(this.cacheDefaults.getClassLoader(), ClassLoadingStrategy.Default.WRAPPER)
			.getLoaded();
		return this.runner.withClassLoader(type.getClassLoader()).withBean(type);
	}

	/**
	 * Let an application have the bean that Spring makes where JSR-107 is there.
	 * @param runner the application
	 * @return the application with the bean
	 */
	private static ApplicationContextRunner withSupport(ApplicationContextRunner runner) {
		return runner.withBean("jCacheOperationSource", Object.class, Object::new);
	}

	@Test
	@DisplayName("R1: the start fails if what a @CacheResult method reads would be written to a store")
	void readOfCacheWithStoreFails() {
		for (ApplicationContextRunner named : new ApplicationContextRunner[] { withService("notes", ""),
				withService("", "notes") }) {
			withSupport(named).run((context) -> assertThat(context).getFailure()
				.isInstanceOf(InvalidPolicyCacheException.class)
				.hasMessageContaining(
						"com.acme.Lookups.find would write what it reads to the store of the cache 'notes'"));
		}
	}

	@Test
	void readOfCacheWithoutStoreStarts() {
		withSupport(withService("pages", "notes")).run((context) -> assertThat(context).hasNotFailed());
		withSupport(withService("", "")).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	@DisplayName("annotations that nobody carries out are left alone")
	void readWithoutSupportStarts() {
		withService("notes", "").run((context) -> assertThat(context).hasNotFailed());
	}

	@EnableCaching
	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		CacheStore<Long, String> noteStore() {
			return new CacheStore<>() {

				@Override
				public @Nullable String load(Long key) {
					return null;
				}

				@Override
				public Map<Long, String> saveAll(Map<Long, String> entries) {
					return entries;
				}

				@Override
				public void deleteAll(Collection<? extends Long> keys) {
				}

			};
		}

	}

}
