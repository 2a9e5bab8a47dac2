package io.cachepolicy.interceptor;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.cachepolicy.InvalidPolicyCacheException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.SpringProxy;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.util.ClassUtils;

/**
 * Finds the {@link io.cachepolicy.PolicyCached} methods of all beans, without creating a
 * bean.
 */
public class PolicyCachedMethods {

	private static final Log logger = LogFactory.getLog(PolicyCachedMethods.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final PolicyCacheAnnotationParser parser = new PolicyCacheAnnotationParser();

	/**
	 * Create an instance.
	 * @param beanFactory the factory of the beans
	 */
	public PolicyCachedMethods(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Find the methods.
	 * @return the annotated methods
	 * @throws InvalidPolicyCacheException if an annotation can't work
	 */
	public List<PolicyCachedMethod> find() {
		List<PolicyCachedMethod> methods = new ArrayList<>();
		Set<Class<?>> seen = new LinkedHashSet<>();
		for (String beanName : this.beanFactory.getBeanNamesForType(Object.class, true, false)) {
			Class<?> type = ScopedProxyUtils.isScopedTarget(beanName) ? null : determineType(beanName);
			if (type == null || !isCandidate(type)) {
				continue;
			}
			List<PolicyCachedMethod> found = seen.add(type) ? find(type) : List.of();
			if (!found.isEmpty() && isUnproxied(beanName)) {
				logger.warn("Bean '%s' is not proxied, so that the @PolicyCached methods of %s do nothing"
					.formatted(beanName, type.getName()));
			}
			methods.addAll(found);
		}
		return methods;
	}

	private boolean isCandidate(Class<?> type) {
		return !type.getName().startsWith("org.springframework.") && this.parser.isCandidateClass(type);
	}

	private List<PolicyCachedMethod> find(Class<?> type) {
		Map<Method, PolicyCachedOperation> operations;
		try {
			operations = MethodIntrospector.selectMethods(type,
					(MethodIntrospector.MetadataLookup<PolicyCachedOperation>) this.parser::parse);
		}
		catch (LinkageError | TypeNotPresentException ex) {
			logger.debug("Could not look at the methods of " + type.getName(), ex);
			return List.of();
		}
		List<PolicyCachedMethod> methods = new ArrayList<>(operations.size());
		operations.forEach((method, operation) -> methods.add(PolicyCachedMethod.of(type, method, operation)));
		return methods;
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
