package io.cachepolicy.autoconfigure;

import java.util.Arrays;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.cache.Cache;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches unless the application has {@link Cache} beans and does not say which cache
 * provider it wants: Spring Boot makes the cache manager of those beans.
 */
class OnNoCacheBeansCondition extends SpringBootCondition implements ConfigurationCondition {

	@Override
	public ConfigurationPhase getConfigurationPhase() {
		return ConfigurationPhase.REGISTER_BEAN;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Cache beans");
		ConfigurableListableBeanFactory beanFactory = context.getBeanFactory();
		if (OnCacheTypeCondition.getType(context.getEnvironment()) != null || beanFactory == null) {
			return ConditionOutcome.match(message.because("the cache type is set"));
		}
		String[] names = beanFactory.getBeanNamesForType(Cache.class, true, false);
		return (names.length == 0) ? ConditionOutcome.match(message.because("there are none"))
				: ConditionOutcome.noMatch(message.found("bean", "beans").items(Arrays.asList(names)));
	}

}
