package io.cachepolicy.autoconfigure;

import io.cachepolicy.actuate.CachePolicyHealthIndicator;
import io.cachepolicy.cache.ConfigurablePolicyCacheManager;
import io.cachepolicy.cache.PolicyCacheReference;
import io.cachepolicy.spi.ChangeChannel;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.context.annotation.Bean;

/**
 * {@link AutoConfiguration Auto-configuration} for the
 * {@link CachePolicyHealthIndicator}.
 */
@AutoConfiguration(after = CachePolicyAutoConfiguration.class,
		beforeName = "org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration")
@ConditionalOnClass({ Health.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnEnabledHealthIndicator("cache-policy")
@ConditionalOnBean(ConfigurablePolicyCacheManager.class)
@EnableConfigurationProperties(CachePolicyHealthProperties.class)
public final class CachePolicyHealthAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "cachePolicyHealthIndicator")
	CachePolicyHealthIndicator cachePolicyHealthIndicator(BeanFactory beanFactory,
			CachePolicyHealthProperties properties, ObjectProvider<ChangeChannel> channel) {
		return new CachePolicyHealthIndicator(PolicyCacheReference.findConfigurable(beanFactory),
				new CachePolicyHealthIndicator.Thresholds(properties.getStoreAwayThreshold(),
						properties.getBacklogAgeThreshold(), properties.getDeadLettersThreshold()),
				channel.getIfAvailable());
	}

}
