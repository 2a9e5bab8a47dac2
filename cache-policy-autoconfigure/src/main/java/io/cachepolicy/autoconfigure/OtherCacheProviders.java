package io.cachepolicy.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Warns if Spring Boot would have preferred another cache provider to Caffeine, and the
 * application does not say which one it wants: it may have shared its caches with others
 * by Redis.
 */
class OtherCacheProviders {

	private static final Log logger = LogFactory.getLog(OtherCacheProviders.class);

	private static final String JCACHE_PROVIDERS = "META-INF/services/javax.cache.spi.CachingProvider";

	private final ConfigurableListableBeanFactory beanFactory;

	private final Environment environment;

	OtherCacheProviders(ConfigurableListableBeanFactory beanFactory, Environment environment) {
		this.beanFactory = beanFactory;
		this.environment = environment;
	}

	void warn() {
		if (OnCacheTypeCondition.getType(this.environment) == null) {
			find().ifPresent((provider) -> logger
				.warn(("'spring.cache.type' is not set, and Spring Boot would have taken %s. The caches of this application "
						+ "are Caffeine caches with write policies: set it to caffeine if that is meant, else to %s.")
					.formatted(provider.title, provider.name().toLowerCase(Locale.ROOT))));
		}
	}

	private Optional<Provider> find() {
		return Arrays.stream(Provider.values()).filter(this::isAvailable).findFirst();
	}

	private boolean isAvailable(Provider provider) {
		ClassLoader classLoader = this.beanFactory.getBeanClassLoader();
		return ClassUtils.isPresent(provider.library, classLoader)
				&& (provider.bean.isEmpty() || hasBean(ClassUtils.resolveClassName(provider.bean, classLoader)))
				&& (provider != Provider.JCACHE || hasJCacheProvider());
	}

	private boolean hasBean(Class<?> type) {
		return this.beanFactory.getBeanNamesForType(type, true, false).length > 0;
	}

	private boolean hasJCacheProvider() {
		ClassLoader classLoader = this.beanFactory.getBeanClassLoader();
		if (classLoader == null || this.environment.containsProperty("spring.cache.jcache.provider")) {
			return classLoader != null;
		}
		try {
			// Of several ones Spring Boot takes none
			return Collections.list(classLoader.getResources(JCACHE_PROVIDERS)).size() == 1;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The providers that Spring Boot looks for before it takes Caffeine, in its order.
	 */
	private enum Provider {

		JCACHE("a JCache provider", "javax.cache.Caching", ""),

		HAZELCAST("Hazelcast", "com.hazelcast.spring.cache.HazelcastCacheManager",
				"com.hazelcast.core.HazelcastInstance"),

		COUCHBASE("Couchbase", "org.springframework.data.couchbase.cache.CouchbaseCacheManager",
				"org.springframework.data.couchbase.CouchbaseClientFactory"),

		INFINISPAN("Infinispan", "org.infinispan.spring.embedded.provider.SpringEmbeddedCacheManager", ""),

		REDIS("Redis", "org.springframework.data.redis.cache.RedisCacheManager",
				"org.springframework.data.redis.connection.RedisConnectionFactory");

		private final String title;

		private final String library;

		private final String bean;

		Provider(String title, String library, String bean) {
			this.title = title;
			this.library = library;
			this.bean = bean;
		}

	}

}
