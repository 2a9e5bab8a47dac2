package io.cachepolicy.interceptor;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.cache.interceptor.CacheAspectSupport;
import org.springframework.cache.interceptor.CacheInterceptor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;

/**
 * Replaces the {@link CacheInterceptor} of {@code @EnableCaching} by a
 * {@link OperationAwareCacheInterceptor} with the same settings, so that Spring's own
 * annotations read and write as they say. An interceptor or aspect of another class is
 * left alone.
 */
class CacheInterceptorReplacer implements BeanPostProcessor, PriorityOrdered {

	private static final Log logger = LogFactory.getLog(CacheInterceptorReplacer.class);

	private final BeanFactory beanFactory;

	CacheInterceptorReplacer(BeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean.getClass() == CacheInterceptor.class) {
			return replace((CacheInterceptor) bean);
		}
		if (bean instanceof CacheAspectSupport) {
			logger.warn("Bean '%s' (%s) can't tell caches reads from writes: what @Cacheable methods read is written"
				.formatted(beanName, bean.getClass().getName()));
		}
		return bean;
	}

	private OperationAwareCacheInterceptor replace(CacheInterceptor original) {
		OperationAwareCacheInterceptor replacement = new OperationAwareCacheInterceptor();
		replacement.configure(original::getErrorHandler, original::getKeyGenerator, original::getCacheResolver, null);
		replacement.setCacheOperationSource(original.getCacheOperationSource());
		replacement.setBeanFactory(this.beanFactory);
		replacement.afterPropertiesSet();
		return replacement;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
