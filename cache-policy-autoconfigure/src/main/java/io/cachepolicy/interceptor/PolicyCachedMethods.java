package io.cachepolicy.interceptor;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.PolicyCached.Operation;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.SpringProxy;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.cache.annotation.AnnotationCacheOperationSource;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CachePutOperation;
import org.springframework.cache.interceptor.CacheableOperation;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Finds the {@link io.cachepolicy.PolicyCached} methods of all beans, without creating a
 * bean.
 */
public class PolicyCachedMethods {

	private static final Log logger = LogFactory.getLog(PolicyCachedMethods.class);

	private static final String JCACHE_ANNOTATIONS = "javax.cache.annotation.";

	// There if Spring carries out the annotations of JSR-107
	private static final String JCACHE_OPERATIONS = "jCacheOperationSource";

	private final ConfigurableListableBeanFactory beanFactory;

	private final PolicyCacheAnnotationParser parser = new PolicyCacheAnnotationParser();

	private final Map<Class<?>, String> types;

	private final List<PolicyCachedMethod> methods;

	/**
	 * Find the methods.
	 * @param beanFactory the factory of the beans
	 * @param problems told of annotations that can't work
	 */
	public PolicyCachedMethods(ConfigurableListableBeanFactory beanFactory,
			Consumer<InvalidPolicyCacheException> problems) {
		this.beanFactory = beanFactory;
		this.types = findTypes();
		this.methods = findMethods(problems);
	}

	/**
	 * Return the methods.
	 * @return those whose annotation can work
	 */
	public List<PolicyCachedMethod> all() {
		return List.copyOf(this.methods);
	}

	private List<PolicyCachedMethod> findMethods(Consumer<InvalidPolicyCacheException> problems) {
		List<PolicyCachedMethod> methods = new ArrayList<>();
		this.types.forEach((type, beanName) -> {
			List<PolicyCachedMethod> found = this.parser.isCandidateClass(type) ? find(type, problems) : List.of();
			if (!found.isEmpty() && isUnproxied(beanName)) {
				logger.warn("Bean '%s' is not proxied, so that the @PolicyCached methods of %s do nothing"
					.formatted(beanName, type.getName()));
			}
			methods.addAll(found);
		});
		return methods;
	}

	/**
	 * Find the methods with Spring's own cache annotations, once for each of their
	 * caches.
	 * @return the methods, without those whose cache is to come from another cache
	 * manager
	 */
	public List<PolicyCachedMethod> findOthers() {
		List<PolicyCachedMethod> others = new ArrayList<>();
		AnnotationCacheOperationSource source = new AnnotationCacheOperationSource(false);
		for (Class<?> type : this.types.keySet()) {
			if (source.isCandidateClass(type)) {
				select(type, (method) -> source.getCacheOperations(method, type))
					.forEach((method, operations) -> operations.stream()
						.filter((operation) -> operation.getCacheManager().isEmpty()
								&& operation.getCacheResolver().isEmpty())
						.forEach((operation) -> operation.getCacheNames()
							.forEach((name) -> others.add(other(type, method, operation, name)))));
			}
		}
		return others;
	}

	/**
	 * Find the methods that read from a cache by JSR-107's {@code CacheResult}. Spring's
	 * interceptor puts what they read, and offers nothing to tell that from a write.
	 * @return the methods that name their cache
	 */
	public List<PolicyCachedMethod> findJCacheReads() {
		List<PolicyCachedMethod> reads = new ArrayList<>();
		if (this.beanFactory.containsBean(JCACHE_OPERATIONS)) {
			this.types.keySet()
				.forEach(
						(type) -> select(type, (method) -> findJCacheName(method, type)).forEach((method, name) -> reads
							.add(new PolicyCachedMethod(type, method, Operation.READ, name, null, true, List.of()))));
		}
		return reads;
	}

	private static @Nullable String findJCacheName(Method method, Class<?> type) {
		MergedAnnotation<?> read = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY)
			.get(JCACHE_ANNOTATIONS + "CacheResult");
		if (!read.isPresent()) {
			return null;
		}
		String name = read.getString("cacheName");
		return (!name.isEmpty()) ? name
				: MergedAnnotations.from(type, SearchStrategy.TYPE_HIERARCHY)
					.get(JCACHE_ANNOTATIONS + "CacheDefaults")
					.getValue("cacheName", String.class)
					.filter(StringUtils::hasText)
					.orElse(null);
	}

	private static PolicyCachedMethod other(Class<?> type, Method method, CacheOperation operation, String cacheName) {
		Operation kind = (operation instanceof CacheableOperation) ? Operation.READ
				: (operation instanceof CachePutOperation) ? Operation.WRITE : Operation.REMOVE;
		return new PolicyCachedMethod(type, method, kind, cacheName, null, true, List.of());
	}

	private Map<Class<?>, String> findTypes() {
		Map<Class<?>, String> types = new LinkedHashMap<>();
		for (String beanName : this.beanFactory.getBeanNamesForType(Object.class, true, false)) {
			Class<?> type = ScopedProxyUtils.isScopedTarget(beanName) ? null : determineType(beanName);
			if (type != null && !SpringModules.contain(type)) {
				types.putIfAbsent(type, beanName);
			}
		}
		return types;
	}

	private List<PolicyCachedMethod> find(Class<?> type, Consumer<InvalidPolicyCacheException> problems) {
		List<PolicyCachedMethod> methods = new ArrayList<>();
		select(type, (method) -> parse(method, type, problems))
			.forEach((method, operation) -> methods.add(PolicyCachedMethod.of(type, method, operation)));
		return methods;
	}

	private @Nullable PolicyCachedOperation parse(Method method, Class<?> type,
			Consumer<InvalidPolicyCacheException> problems) {
		try {
			return this.parser.parse(method, type);
		}
		catch (InvalidPolicyCacheException ex) {
			problems.accept(ex);
			return null;
		}
	}

	private <T> Map<Method, T> select(Class<?> type, Function<Method, @Nullable T> lookup) {
		try {
			return MethodIntrospector.selectMethods(type,
					(MethodIntrospector.MetadataLookup<T>) (method) -> lookup.apply(method));
		}
		catch (LinkageError | TypeNotPresentException ex) {
			logger.debug("Could not look at the methods of " + type.getName(), ex);
			return Map.of();
		}
	}

	private @Nullable Class<?> determineType(String beanName) {
		try {
			Class<?> type = AutoProxyUtils.determineTargetClass(this.beanFactory, beanName);
			if (type != null && ScopedObject.class.isAssignableFrom(type)) {
				type = AutoProxyUtils.determineTargetClass(this.beanFactory,
						ScopedProxyUtils.getTargetBeanName(beanName));
			}
			return (type != null) ? ClassUtils.getUserClass(type) : null;
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("Could not determine the class of bean '" + beanName + "'", ex);
			return null;
		}
	}

	private boolean isUnproxied(String beanName) {
		Object bean = this.beanFactory.getSingleton(beanName);
		return bean != null && !(bean instanceof SpringProxy) && !this.beanFactory.isFactoryBean(beanName);
	}

}
