package io.cachepolicy.interceptor;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collection;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.cache.Cache;

/**
 * What the SpEL expressions of an invocation see as {@code #root}, the same as in
 * Spring's cache annotations.
 *
 * @param caches the caches
 * @param method the method
 * @param methodName the name of the method
 * @param args the arguments
 * @param target the bean
 * @param targetClass the class of the bean
 */
record OperationExpressionRoot(Collection<? extends Cache> caches, Method method, String methodName,
		@Nullable Object[] args, Object target, Class<?> targetClass) {

	static OperationExpressionRoot of(Collection<? extends Cache> caches, Method method, @Nullable Object[] args,
			Object target) {
		return new OperationExpressionRoot(caches, method, method.getName(), args, target,
				AopProxyUtils.ultimateTargetClass(target));
	}

	/**
	 * Return the method of the target, by whose parameters expressions are evaluated.
	 * @return the most specific method
	 */
	Method findTargetMethod() {
		return Proxy.isProxyClass(this.targetClass) ? this.method
				: AopUtils.getMostSpecificMethod(this.method, this.targetClass);
	}

}
