package io.cachepolicy.test.autoconfigure;

import java.time.Duration;

import io.cachepolicy.autoconfigure.CachePolicyProperties;
import io.cachepolicy.autoconfigure.CachePolicyProperties.WriteBack;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Lets neither age nor number start a flush, unless {@code max-pending} is set and nearly
 * reached. A cache gets no kind of setting that it does not have, so that its settings
 * are checked as in the application.
 */
class FlushOnDemand implements BeanPostProcessor {

	private static final Duration NEVER = Duration.ofDays(365);

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof CachePolicyProperties properties) {
			WriteBack defaults = properties.getDefaults().getWriteBack();
			changeDefaults(defaults);
			properties.getCaches().values().forEach((cache) -> change(cache.getWriteBack(), defaults.getMaxPending()));
		}
		return bean;
	}

	private void changeDefaults(WriteBack defaults) {
		defaults.setFlushInterval(NEVER);
		if (defaults.getMaxPending() == null) {
			defaults.setMaxPending(Integer.MAX_VALUE);
		}
		defaults.setFlushThreshold(defaults.getMaxPending());
	}

	private void change(WriteBack cache, @Nullable Integer inheritedMaxPending) {
		if (cache.getFlushInterval() != null) {
			cache.setFlushInterval(NEVER);
		}
		if (cache.getMaxPending() != null) {
			cache.setFlushThreshold(cache.getMaxPending());
		}
		else if (cache.getFlushThreshold() != null) {
			cache.setFlushThreshold(inheritedMaxPending);
		}
	}

}
