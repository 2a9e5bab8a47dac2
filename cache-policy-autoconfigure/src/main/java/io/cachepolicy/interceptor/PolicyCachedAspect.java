package io.cachepolicy.interceptor;

import io.cachepolicy.PolicyCached.Operation;
import io.cachepolicy.cache.PolicyCacheReference;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.interceptor.BeanFactoryCacheOperationSourceAdvisor;
import org.springframework.cache.interceptor.CacheErrorHandler;
import org.springframework.core.Ordered;

/**
 * The interceptor of {@link io.cachepolicy.PolicyCached} methods and its two places in
 * the chain of a proxy.
 * <p>
 * A read is outside of its method's transaction, so that a hit costs none. A write or a
 * removal is inside, so that what the method does and what the policy writes are
 * committed or rolled back together.
 * <p>
 * Being infrastructure of AOP, it is not looked at for advice itself: its advisors would
 * be asked for while it is being created.
 */
class PolicyCachedAspect implements AopInfrastructureBean {

	private static final int OUTSIDE_OF_TRANSACTION = Ordered.LOWEST_PRECEDENCE - 1;

	private static final int INSIDE_OF_TRANSACTION = Ordered.LOWEST_PRECEDENCE;

	private final PolicyCacheAnnotationParser parser = new PolicyCacheAnnotationParser();

	private final PolicyCachedProblems problems = new PolicyCachedProblems();

	private final PolicyCachedOperationSource source = new PolicyCachedOperationSource(this.parser, this.problems);

	private final PolicyCachedInterceptor interceptor;

	PolicyCachedAspect(BeanFactory beanFactory) {
		ObjectProvider<CachingConfigurer> configurer = beanFactory.getBeanProvider(CachingConfigurer.class);
		PolicyCacheResolver resolver = new PolicyCacheResolver(() -> PolicyCacheReference.find(beanFactory),
				this.parser);
		this.interceptor = new PolicyCachedInterceptor(this.parser, resolver, beanFactory,
				() -> findErrorHandler(configurer));
		this.interceptor.setCacheOperationSource(this.source);
	}

	private static @Nullable CacheErrorHandler findErrorHandler(ObjectProvider<CachingConfigurer> configurer) {
		CachingConfigurer available = configurer.getIfAvailable();
		return (available != null) ? available.errorHandler() : null;
	}

	PolicyCachedProblems problems() {
		return this.problems;
	}

	/**
	 * Create the advisor of reads.
	 * @return the advisor
	 */
	BeanFactoryCacheOperationSourceAdvisor createReadAdvisor() {
		return createAdvisor(OUTSIDE_OF_TRANSACTION,
				new PolicyCachedKinds(this.source, (kind) -> kind == Operation.READ));
	}

	/**
	 * Create the advisor of writes and removals.
	 * @return the advisor
	 */
	BeanFactoryCacheOperationSourceAdvisor createWriteAdvisor() {
		return createAdvisor(INSIDE_OF_TRANSACTION,
				new PolicyCachedKinds(this.source, (kind) -> kind != Operation.READ));
	}

	private BeanFactoryCacheOperationSourceAdvisor createAdvisor(int order, PolicyCachedKinds source) {
		BeanFactoryCacheOperationSourceAdvisor advisor = new BeanFactoryCacheOperationSourceAdvisor();
		advisor.setCacheOperationSource(source);
		advisor.setAdvice(this.interceptor);
		advisor.setOrder(order);
		return advisor;
	}

}
