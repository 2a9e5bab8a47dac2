package io.cachepolicy.interceptor;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import io.cachepolicy.cache.OperationViews;
import io.cachepolicy.spi.WritingCall;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.cache.interceptor.CacheInterceptor;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationInvocationContext;
import org.springframework.cache.interceptor.CachePutOperation;
import org.springframework.cache.interceptor.CacheResolver;
import org.springframework.cache.interceptor.CacheableOperation;
import org.springframework.cache.transaction.TransactionAwareCacheDecorator;
import org.springframework.core.ResolvableType;

/**
 * Spring's cache interceptor, except that it tells a cache what it is used for: a cache
 * that offers {@link OperationViews} is replaced by its view for the operation.
 * <p>
 * What a writing or removing view throws reaches the caller of the method. Other failures
 * go to the {@link org.springframework.cache.interceptor.CacheErrorHandler}.
 */
@SuppressWarnings("serial")
class OperationAwareCacheInterceptor extends CacheInterceptor {

	private final transient Map<Method, Boolean> optionalFutures = new ConcurrentHashMap<>();

	private final transient WritingCalls writingCalls = new WritingCalls();

	/**
	 * A method that writes may store its value by itself, which is noted meanwhile.
	 */
	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		if (!WritingCalls.isWriting(invocation, getCacheOperationSource())) {
			return super.invoke(invocation);
		}
		WritingCall call = this.writingCalls.open(invocation.getMethod());
		try {
			return super.invoke(invocation);
		}
		finally {
			call.close();
		}
	}

	@Override
	protected Collection<? extends Cache> getCaches(CacheOperationInvocationContext<CacheOperation> context,
			CacheResolver cacheResolver) {
		Collection<? extends Cache> caches = super.getCaches(context, cacheResolver);
		List<Cache> views = new ArrayList<>(caches.size());
		for (Cache candidate : caches) {
			Cache cache = unwrap(candidate);
			views.add((cache instanceof OperationViews offered) ? getView(cache, offered, context) : cache);
		}
		return views;
	}

	/**
	 * Return the cache within one that follows transactions, if it does so itself.
	 * @param cache the cache
	 * @return the cache that tells reads from writes
	 */
	private static Cache unwrap(Cache cache) {
		return (cache instanceof TransactionAwareCacheDecorator decorator
				&& decorator.getTargetCache() instanceof OperationViews) ? decorator.getTargetCache() : cache;
	}

	/**
	 * Return the view of a cache for one invocation.
	 * @param cache the cache
	 * @param views the views of the cache
	 * @param context the invocation
	 * @return the view, or the cache itself
	 */
	protected Cache getView(Cache cache, OperationViews views,
			CacheOperationInvocationContext<CacheOperation> context) {
		CacheOperation operation = context.getOperation();
		if (operation instanceof CacheableOperation) {
			return reading(views.reading((value) -> true, (value) -> {
			}), context.getMethod());
		}
		if (operation instanceof CachePutOperation) {
			return new WritingCache(views.writing(null, false, (value) -> {
			}));
		}
		return cache;
	}

	/**
	 * Adapt a reading view to what the method returns.
	 * @param view the view
	 * @param method the method
	 * @return the adapted view
	 */
	final Cache reading(Cache view, Method method) {
		if (method.getReturnType() == CompletableFuture.class
				&& this.optionalFutures.computeIfAbsent(method, this::returnsOptionalFuture)) {
			return new OptionalFutureCache(view);
		}
		return view;
	}

	private boolean returnsOptionalFuture(Method method) {
		return ResolvableType.forMethodReturnType(method).getGeneric().resolve() == Optional.class;
	}

	@Override
	protected void doPut(Cache cache, Object key, @Nullable Object value) {
		if (cache instanceof WritingCache) {
			cache.put(key, value);
		}
		else {
			super.doPut(cache, key, value);
		}
	}

	@Override
	protected void doEvict(Cache cache, Object key, boolean immediate) {
		if (cache instanceof WritingCache) {
			cache.evict(key);
		}
		else {
			super.doEvict(cache, key, immediate);
		}
	}

}
