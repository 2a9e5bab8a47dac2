package io.cachepolicy.autoconfigure;

import java.time.Duration;

import io.cachepolicy.actuate.CachePoliciesEndpoint;
import io.cachepolicy.actuate.CachePoliciesEndpointJmxExtension;
import io.cachepolicy.actuate.CachePoliciesEndpointWebExtension;
import io.cachepolicy.actuate.CachePolicyHealthIndicator;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CachePolicyEndpointAutoConfiguration} and
 * {@link CachePolicyHealthAutoConfiguration}.
 */
class CachePolicyEndpointAutoConfigurationTests {

	private static final String EVERYTHING = "management.endpoints.web.exposure.include=*";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CachePolicyAutoConfiguration.class, CacheAutoConfiguration.class,
				CachePolicyEndpointAutoConfiguration.class, CachePolicyHealthAutoConfiguration.class))
		.withUserConfiguration(CachingConfiguration.class);

	@Test
	void endpointIsNotExposedByDefault() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(CachePoliciesEndpoint.class));
	}

	@Test
	void endpointWhenExposedOverWebIsRegistered() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=cachepolicies")
			.run((context) -> assertThat(context).hasSingleBean(CachePoliciesEndpoint.class)
				.hasSingleBean(CachePoliciesEndpointWebExtension.class)
				.doesNotHaveBean(CachePoliciesEndpointJmxExtension.class));
	}

	@Test
	void endpointWhenExposedOverJmxIsRegistered() {
		this.runner.withPropertyValues("spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=*")
			.run((context) -> assertThat(context).hasSingleBean(CachePoliciesEndpoint.class)
				.hasSingleBean(CachePoliciesEndpointJmxExtension.class)
				.doesNotHaveBean(CachePoliciesEndpointWebExtension.class));
	}

	@Test
	void endpointWhenAccessIsDeniedBacksOff() {
		this.runner.withPropertyValues(EVERYTHING, "management.endpoint.cachepolicies.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(CachePoliciesEndpoint.class));
	}

	@Test
	void endpointWhenThereIsNoPolicyCacheBacksOff() {
		this.runner.withPropertyValues(EVERYTHING, "spring.cache.type=simple")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(CachePoliciesEndpoint.class)
				.doesNotHaveBean(CachePolicyHealthIndicator.class));
	}

	@Test
	void endpointWhenActuatorIsAbsentBacksOff() {
		this.runner.withPropertyValues(EVERYTHING)
			.withClassLoader(new FilteredClassLoader(ConditionalOnAvailableEndpoint.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("cachePoliciesEndpoint"));
	}

	@Test
	void healthIsRegistered() {
		this.runner.run((context) -> {
			assertThat(context).hasBean("cachePolicyHealthIndicator");
			CachePolicyHealthProperties properties = context.getBean(CachePolicyHealthProperties.class);
			assertThat(properties.getStoreAwayThreshold()).isEqualTo(Duration.ofSeconds(30));
		});
	}

	@Test
	void healthTakesThresholds() {
		this.runner
			.withPropertyValues("management.health.cache-policy.store-away-threshold=5s",
					"management.health.cache-policy.backlog-age-threshold=6s",
					"management.health.cache-policy.dead-letters-threshold=7")
			.run((context) -> {
				CachePolicyHealthProperties properties = context.getBean(CachePolicyHealthProperties.class);
				assertThat(properties.getStoreAwayThreshold()).isEqualTo(Duration.ofSeconds(5));
				assertThat(properties.getBacklogAgeThreshold()).isEqualTo(Duration.ofSeconds(6));
				assertThat(properties.getDeadLettersThreshold()).isEqualTo(7);
			});
	}

	@Test
	void healthWhenDisabledBacksOff() {
		this.runner.withPropertyValues("management.health.cache-policy.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(CachePolicyHealthIndicator.class));
		this.runner.withPropertyValues("management.health.defaults.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(CachePolicyHealthIndicator.class));
	}

	@Test
	void healthWhenAbsentBacksOff() {
		this.runner.withClassLoader(new FilteredClassLoader(Health.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("cachePolicyHealthIndicator"));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class CachingConfiguration {

	}

}
