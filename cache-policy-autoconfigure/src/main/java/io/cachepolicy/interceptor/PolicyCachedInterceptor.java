package io.cachepolicy.interceptor;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.cachepolicy.cache.ManagedPolicyCache;
import io.cachepolicy.cache.OperationViews;
import io.cachepolicy.spi.BackingStore;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.TargetClassAware;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.cache.Cache;
import org.springframework.cache.interceptor.CacheErrorHandler;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationInvocationContext;
import org.springframework.cache.interceptor.CacheOperationInvoker;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.cache.interceptor.SimpleKeyGenerator;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodClassKey;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.Assert;
import org.springframework.util.ObjectUtils;

/**
 * The interceptor of {@link io.cachepolicy.PolicyCached} methods.
 * <p>
 * It is at work from the first call on: a write during the start of the application is a
 * write.
 */
@SuppressWarnings("serial")
class PolicyCachedInterceptor extends OperationAwareCacheInterceptor {

	private final transient PolicyCacheAnnotationParser parser;

	private final transient PolicyCacheResolver resolver;

	private final transient OperationExpressions expressions;

	private final transient Map<MethodClassKey, Optional<PolicyCachedOperation>> plainReads = new ConcurrentHashMap<>();

	private final transient Map<CacheOperation, Integer> writtenArguments = new ConcurrentHashMap<>();

	PolicyCachedInterceptor(PolicyCacheAnnotationParser parser, PolicyCacheResolver resolver, BeanFactory beanFactory,
			Supplier<@Nullable CacheErrorHandler> errorHandler) {
		this.parser = parser;
		this.resolver = resolver;
		this.expressions = new OperationExpressions(beanFactory);
		configure(errorHandler, SimpleKeyGenerator::new, () -> resolver, null);
		setBeanFactory(beanFactory);
		afterSingletonsInstantiated();
	}

	/**
	 * Reads that are nothing but a lookup by an argument take a short way, which does the
	 * same: most of the time of a hit goes into what they do not ask for.
	 */
	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Object target = invocation.getThis();
		MethodClassKey method = new MethodClassKey(invocation.getMethod(), (target != null) ? target.getClass() : null);
		Optional<PolicyCachedOperation> known = this.plainReads.get(method);
		if (known != null && known.isPresent()) {
			Object key = invocation.getArguments()[known.get().keyArgument()];
			if (key != null) {
				Object value = readPlain(invocation, known.get().cacheName(), key);
				return (invocation.getMethod().getReturnType() == Optional.class) ? Optional.ofNullable(value) : value;
			}
		}
		Object result = super.invoke(invocation);
		if (known == null) {
			// Not earlier, as the first call declares what the method reads
			this.plainReads.put(method, findPlainRead(invocation.getMethod(), target));
		}
		return result;
	}

	private @Nullable Object readPlain(MethodInvocation invocation, String cacheName, Object key) throws Throwable {
		Cache cache = this.resolver.getCache(cacheName);
		Cache view = (cache instanceof OperationViews views) ? views.reading((value) -> true, (value) -> {
		}) : cache;
		try {
			return doGet(view, key, () -> proceed(invocation));
		}
		catch (Cache.ValueRetrievalException ex) {
			Throwable cause = ex.getCause();
			throw (cause instanceof CacheOperationInvoker.ThrowableWrapper wrapper) ? wrapper.getOriginal()
					: (cause != null) ? cause : ex;
		}
		catch (CacheOperationInvoker.ThrowableWrapper ex) {
			throw ex.getOriginal();
		}
	}

	private static @Nullable Object proceed(MethodInvocation invocation) {
		try {
			return ObjectUtils.unwrapOptional(invocation.proceed());
		}
		catch (Throwable ex) {
			throw new CacheOperationInvoker.ThrowableWrapper(ex);
		}
	}

	private Optional<PolicyCachedOperation> findPlainRead(Method method, @Nullable Object target) {
		CacheOperationSource source = getCacheOperationSource();
		if (source == null || target == null || target instanceof TargetClassAware || !isPlain(method)) {
			return Optional.empty();
		}
		Collection<CacheOperation> operations = source.getCacheOperations(method,
				AopProxyUtils.ultimateTargetClass(target));
		return (operations != null && operations.size() == 1)
				? Optional.ofNullable(this.parser.find(operations.iterator().next()))
					.filter(PolicyCachedOperation::isPlainRead)
				: Optional.empty();
	}

	private static boolean isPlain(Method method) {
		Class<?> type = method.getReturnType();
		return !CompletionStage.class.isAssignableFrom(type)
				&& ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) == null
				&& !KotlinDetector.isSuspendingFunction(method);
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
			case WRITE -> new WritingCache(views.writing(operation.policy(), !operation.hasKey(), invocation::evict),
					invocation::valueOf);
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
			this.result = valueOf(result);
			return super.isConditionPassing(this.result);
		}

		@Override
		protected boolean canPutToCache(@Nullable Object value) {
			Object unwrapped = valueOf(value);
			return unwrapped != null && super.canPutToCache(unwrapped);
		}

		@Override
		protected @Nullable Object generateKey(@Nullable Object result) {
			if (this.operation.keyArgument() >= 0) {
				return getArgs()[this.operation.keyArgument()];
			}
			return super.generateKey(valueOf(result));
		}

		/**
		 * Return the value that the method writes or has read.
		 * @param result what the method returned
		 * @return the value
		 */
		private @Nullable Object valueOf(@Nullable Object result) {
			return (this.operation.writesArgument() && result == null) ? getWrittenArgument()
					: ObjectUtils.unwrapOptional(result);
		}

		private @Nullable Object getWrittenArgument() {
			Class<?> type = AopProxyUtils.ultimateTargetClass(getTarget());
			int index = PolicyCachedInterceptor.this.writtenArguments.computeIfAbsent(this.operation.operation(),
					(operation) -> MethodTypes.findWrittenArgument(getMethod(), type, getValueType()));
			return ObjectUtils.unwrapOptional(getArgs()[index]);
		}

		private Class<?> getValueType() {
			Cache cache = PolicyCachedInterceptor.this.resolver.getCache(this.operation.cacheName());
			BackingStore store = (cache instanceof ManagedPolicyCache managed) ? managed.findStore() : null;
			return (store != null) ? store.keys().getValueType() : Object.class;
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
			for (EvictExpression eviction : this.operation.evictions()) {
				evict(eviction, ObjectUtils.unwrapOptional(value));
			}
		}

		private void evict(EvictExpression eviction, @Nullable Object value) {
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
