package io.cachepolicy.interceptor;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.function.Supplier;

import io.cachepolicy.cache.OperationViews;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.cache.Cache;
import org.springframework.cache.interceptor.CacheErrorHandler;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationInvocationContext;
import org.springframework.cache.interceptor.SimpleKeyGenerator;
import org.springframework.util.Assert;
import org.springframework.util.ObjectUtils;

/**
 * The interceptor of {@link io.cachepolicy.PolicyCached} methods.
 * <p>
 * It is at work from the first call on: a write during the start of the application is a
 * write.
 */
@SuppressWarnings("serial")
class PolicyCachedInterceptor extends PolicyCacheInterceptor {

	private final transient PolicyCacheAnnotationParser parser;

	private final transient PolicyCacheResolver resolver;

	private final transient OperationExpressions expressions;

	PolicyCachedInterceptor(PolicyCacheAnnotationParser parser, PolicyCacheResolver resolver, BeanFactory beanFactory,
			Supplier<@Nullable CacheErrorHandler> errorHandler) {
		this.parser = parser;
		this.resolver = resolver;
		this.expressions = new OperationExpressions(beanFactory);
		configure(errorHandler, SimpleKeyGenerator::new, () -> resolver, null);
		setBeanFactory(beanFactory);
		afterSingletonsInstantiated();
	}

	@Override
	protected CacheOperationContext getOperationContext(CacheOperation operation, Method method,
			@Nullable Object[] args, Object target, Class<?> targetClass) {
		return new PolicyCachedContext(getCacheOperationMetadata(operation, method, targetClass),
				getPolicyCached(operation), args, target);
	}

	@Override
	protected Cache getView(Cache cache, OperationViews views,
			CacheOperationInvocationContext<CacheOperation> context) {
		PolicyCachedOperation operation = getPolicyCached(context.getOperation());
		PolicyCachedContext invocation = (PolicyCachedContext) context;
		return switch (operation.kind()) {
			case READ -> reading(views.reading(invocation::isCacheable, invocation::evict), context.getMethod());
			case WRITE -> new WritingCache(views.writing(operation.policy(), !operation.hasKey(), invocation::evict));
			case REMOVE ->
				new WritingCache(views.removing(operation.policy(), (none) -> invocation.evictAfterRemoval()));
		};
	}

	private PolicyCachedOperation getPolicyCached(CacheOperation operation) {
		PolicyCachedOperation policyCached = this.parser.find(operation);
		Assert.state(policyCached != null, () -> "Not parsed here: " + operation);
		return policyCached;
	}

	/**
	 * One invocation.
	 */
	private final class PolicyCachedContext extends CacheOperationContext {

		private final PolicyCachedOperation operation;

		private @Nullable Object result;

		PolicyCachedContext(CacheOperationMetadata metadata, PolicyCachedOperation operation, @Nullable Object[] args,
				Object target) {
			super(metadata, args, target);
			this.operation = operation;
		}

		@Override
		protected boolean isConditionPassing(@Nullable Object result) {
			this.result = ObjectUtils.unwrapOptional(result);
			return super.isConditionPassing(this.result);
		}

		@Override
		protected boolean canPutToCache(@Nullable Object value) {
			Object unwrapped = ObjectUtils.unwrapOptional(value);
			return unwrapped != null && super.canPutToCache(unwrapped);
		}

		@Override
		protected @Nullable Object generateKey(@Nullable Object result) {
			if (this.operation.keyArgument() >= 0) {
				return getArgs()[this.operation.keyArgument()];
			}
			return super.generateKey(ObjectUtils.unwrapOptional(result));
		}

		boolean isCacheable(@Nullable Object value) {
			String unless = this.operation.unless();
			return unless.isEmpty() || !PolicyCachedInterceptor.this.expressions.evaluateCondition(unless, createRoot(),
					ObjectUtils.unwrapOptional(value));
		}

		void evictAfterRemoval() {
			evict(this.result);
		}

		void evict(@Nullable Object value) {
			for (Eviction eviction : this.operation.evictions()) {
				evict(eviction, ObjectUtils.unwrapOptional(value));
			}
		}

		private void evict(Eviction eviction, @Nullable Object value) {
			Cache cache = PolicyCachedInterceptor.this.resolver.getCache(eviction.cacheName());
			if (eviction.key() == null) {
				doClear(cache, false);
				return;
			}
			Object key = PolicyCachedInterceptor.this.expressions.evaluateKey(eviction.key(), createRoot(), value);
			if (key != null) {
				doEvict(cache, key, false);
			}
		}

		private OperationExpressionRoot createRoot() {
			Collection<? extends Cache> caches = getCaches();
			return OperationExpressionRoot.of(caches, getMethod(), getArgs(), getTarget());
		}

	}

}
