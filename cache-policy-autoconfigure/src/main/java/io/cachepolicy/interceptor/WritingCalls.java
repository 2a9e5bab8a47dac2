package io.cachepolicy.interceptor;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.cachepolicy.spi.WritingCall;
import org.aopalliance.intercept.MethodInvocation;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.cache.interceptor.CachePutOperation;

/**
 * The calls of methods that write what they return. A method whose body stores that by
 * itself is named once in the log. Thread-safe.
 */
final class WritingCalls {

	private static final Log logger = LogFactory.getLog(WritingCalls.class);

	private final Set<Method> storing = ConcurrentHashMap.newKeySet();

	/**
	 * Return whether a method writes what it returns.
	 * @param invocation the invocation
	 * @param source tells what the method does, and remembers it
	 * @return whether it does
	 */
	static boolean isWriting(MethodInvocation invocation, @Nullable CacheOperationSource source) {
		Object target = invocation.getThis();
		Collection<CacheOperation> operations = (source != null && target != null)
				? source.getCacheOperations(invocation.getMethod(), AopProxyUtils.ultimateTargetClass(target)) : null;
		if (operations != null) {
			for (CacheOperation operation : operations) {
				if (operation instanceof CachePutOperation) {
					return true;
				}
			}
		}
		return false;
	}

	/**
	 * Begin a call.
	 * @param method the method
	 * @return the call, to be closed
	 */
	WritingCall open(Method method) {
		return WritingCall.open((cacheName) -> stored(method, cacheName));
	}

	private void stored(Method method, String cacheName) {
		if (this.storing.add(method)) {
			logger.warn(("%s.%s stores its value by itself, through JPA, so cache '%s' takes it over as it is stored: "
					+ "nothing is deferred there, whatever the policy. Return the value without saving it, "
					+ "and the policy stores it")
				.formatted(method.getDeclaringClass().getName(), method.getName(), cacheName));
		}
	}

}
