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
 */
class OperationExpressionRoot {

	private final Collection<? extends Cache> caches;

	private final Method method;

	private final @Nullable Object[] args;

	private final Object target;

	private final Class<?> targetClass;

	OperationExpressionRoot(Collection<? extends Cache> caches, Method method, @Nullable Object[] args, Object target) {
		this.caches = caches;
		this.method = method;
		this.args = args;
		this.target = target;
		this.targetClass = AopProxyUtils.ultimateTargetClass(target);
	}

	public Collection<? extends Cache> getCaches() {
		return this.caches;
	}

	public Method getMethod() {
		return this.method;
	}

	public String getMethodName() {
		return this.method.getName();
	}

	public @Nullable Object[] getArgs() {
		return this.args;
	}

	public Object getTarget() {
		return this.target;
	}

	public Class<?> getTargetClass() {
		return this.targetClass;
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
