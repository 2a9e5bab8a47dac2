package io.cachepolicy.test.autoconfigure;

import io.cachepolicy.autoconfigure.CachePolicyAutoConfiguration;
import io.cachepolicy.cache.ConfigurablePolicyCacheManager;
import io.cachepolicy.test.CachePolicyTester;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;

/**
 * {@link AutoConfiguration Auto-configuration} of tests with
 * {@link AutoConfigureCachePolicy @AutoConfigureCachePolicy}.
 */
@AutoConfiguration(after = CachePolicyAutoConfiguration.class)
@ConditionalOnBean(ConfigurablePolicyCacheManager.class)
public final class CachePolicyTestAutoConfiguration {

	@Bean
	@ConditionalOnBooleanProperty(name = "cache-policy-test.flush-on-demand", matchIfMissing = true)
	static FlushOnDemand cachePolicyTestFlushOnDemand() {
		return new FlushOnDemand();
	}

	@Bean
	StoreCallCounter cachePolicyTestStoreCallCounter() {
		return new StoreCallCounter();
	}

	@Bean
	CachePolicyTester cachePolicyTester(ConfigurablePolicyCacheManager manager, StoreCallCounter counter) {
		return new ManagerTester(manager, counter);
	}

	/**
	 * What the application writes while it starts is in the store before the first test.
	 * @param tester flushes
	 * @return the listener
	 */
	@Bean
	ApplicationListener<ApplicationReadyEvent> cachePolicyTestStartFlush(CachePolicyTester tester) {
		return new StartFlush(tester);
	}

}
