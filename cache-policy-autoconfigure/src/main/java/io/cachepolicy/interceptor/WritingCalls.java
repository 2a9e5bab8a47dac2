package io.cachepolicy.interceptor;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Map;
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
import org.springframework.core.MethodClassKey;

/**
 * The calls of methods that write what they return. A method whose body stores that by
 * itself is named once in the log. Thread-safe.
 */
final class WritingCalls {

	private static final Log logger = LogFactory.getLog(WritingCalls.class);

	private final Map<MethodClassKey, Boolean> writing = new ConcurrentHashMap<>();

	private final Set<Method> storing = ConcurrentHashMap.newKeySet();

	/**
	 * Return whether a method writes what it returns.
	 * @param invocation the invocation
	 * @param source tells what the method does
	 * @return whether it does
	 */
	boolean isWriting(MethodInvocation invocation, @Nullable CacheOperationSource source) {
		Object target = invocation.getThis();
		if (source == null || target == null) {
			return false;
		}
		MethodClassKey method = new MethodClassKey(invocation.getMethod(), target.getClass());
		Boolean known = this.writing.get(method);
		if (known == null) {
			known = isWriting(
					source.getCacheOperations(invocation.getMethod(), AopProxyUtils.ultimateTargetClass(target)));
			this.writing.put(method, known);
		}
		return known;
	}

	private static boolean isWriting(@Nullable Collection<CacheOperation> operations) {
		return operations != null && operations.stream().anyMatch(CachePutOperation.class::isInstance);
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
