package io.cachepolicy.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.cachepolicy.interceptor.PolicyCachedMethods;
import io.cachepolicy.interceptor.repository.PolicyCachedRepositories;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.cache.CacheType;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.interceptor.CacheAspectSupport;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Fails the start if there are {@link io.cachepolicy.PolicyCached} methods. Used where
 * nothing carries them out.
 */
class PolicyCachedUnusedCheck implements SmartInitializingSingleton {

	private static final String REPOSITORY = "org.springframework.data.repository.core.support.RepositoryFactoryInformation";

	private final ConfigurableListableBeanFactory beanFactory;

	private final Environment environment;

	PolicyCachedUnusedCheck(ConfigurableListableBeanFactory beanFactory, Environment environment) {
		this.beanFactory = beanFactory;
		this.environment = environment;
	}

	@Override
	public void afterSingletonsInstantiated() {
		Problems problems = new Problems();
		List<String> annotated = new ArrayList<>();
		new PolicyCachedMethods(this.beanFactory, problems::add).all()
			.forEach((method) -> annotated.add(method.describe()));
		if (ClassUtils.isPresent(REPOSITORY, this.beanFactory.getBeanClassLoader())) {
			new PolicyCachedRepositories(this.beanFactory, problems::add).all()
				.forEach((repository) -> annotated.add(repository.type().getName()));
		}
		problems.throwIfAny();
		if (!annotated.isEmpty()) {
			throw createException(annotated);
		}
	}

	private PolicyCachedUnusedException createException(List<String> methods) {
		if (findBean(CacheAspectSupport.class) == null) {
			return new PolicyCachedUnusedException(methods, "caching is not enabled",
					"Add @EnableCaching to a configuration class.");
		}
		CacheType type = OnCacheTypeCondition.getType(this.environment);
		if (type != null && type != CacheType.CAFFEINE && type != CacheType.NONE) {
			return new PolicyCachedUnusedException(methods, "'spring.cache.type' is " + type,
					"Remove 'spring.cache.type', or set it to caffeine.");
		}
		if (this.beanFactory.containsBean("cacheResolver")) {
			return new PolicyCachedUnusedException(methods, "there is a bean 'cacheResolver'",
					"Remove the bean 'cacheResolver', or give it another name.");
		}
		String cache = findBean(Cache.class);
		if (cache != null && type == null) {
			return new PolicyCachedUnusedException(methods,
					"Spring Boot makes the cache manager of the Cache beans, such as '%s'".formatted(cache),
					"Set 'spring.cache.type' to caffeine, or remove the bean '%s'.".formatted(cache));
		}
		String manager = findBean(CacheManager.class);
		if (manager != null) {
			return new PolicyCachedUnusedException(methods,
					"the cache manager '%s' has no write policies".formatted(manager),
					"Remove the bean '%s', so that a PolicyCacheManager is auto-configured.".formatted(manager));
		}
		return new PolicyCachedUnusedException(methods, "no PolicyCacheManager is auto-configured",
				"Add the dependency 'io.cachepolicy:cache-policy-starter', and do not exclude CachePolicyAutoConfiguration.");
	}

	private @Nullable String findBean(Class<?> type) {
		String[] names = this.beanFactory.getBeanNamesForType(type, true, false);
		return (names.length > 0) ? names[0] : null;
	}

}
