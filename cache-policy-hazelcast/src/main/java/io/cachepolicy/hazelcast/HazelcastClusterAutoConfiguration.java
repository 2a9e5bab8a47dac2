package io.cachepolicy.hazelcast;

import java.util.List;

import com.hazelcast.core.HazelcastInstance;
import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.autoconfigure.CachePolicyAutoConfiguration;
import io.cachepolicy.cache.ConfigurablePolicyCacheManager;
import io.cachepolicy.cache.PolicyCacheReference;
import io.cachepolicy.cluster.ClusterChannel;
import io.cachepolicy.cluster.ClusterSettings;
import io.cachepolicy.spi.ChangeChannel;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AbstractDependsOnBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jpa.autoconfigure.EntityManagerFactoryDependsOnPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * {@link AutoConfiguration Auto-configuration} for instances that tell each other of
 * changes through Hazelcast, if {@code cache-policy.cluster.enabled} is set.
 */
@AutoConfiguration(before = CachePolicyAutoConfiguration.class,
		afterName = "org.springframework.boot.hazelcast.autoconfigure.HazelcastAutoConfiguration")
@ConditionalOnClass(HazelcastInstance.class)
@EnableConfigurationProperties(ClusterProperties.class)
public final class HazelcastClusterAutoConfiguration {

	private static final String LIFECYCLE = "policyCacheClusterLifecycle";

	/**
	 * Several instances, switched on.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty("cache-policy.cluster.enabled")
	@ConditionalOnMissingBean(ChangeChannel.class)
	static class ClusterConfiguration {

		/**
		 * What writes is destroyed before the goodbye.
		 * @return makes the manager depend on the lifecycle
		 */
		@Bean
		static CacheManagerDependsOnCluster policyCacheManagerDependsOnCluster() {
			return new CacheManagerDependsOnCluster();
		}

		/**
		 * What writes is destroyed before the goodbye.
		 * @return makes entity manager factories depend on the lifecycle
		 */
		@Bean
		static EntityManagerFactoryDependsOnCluster policyCacheEntityManagerFactoryDependsOnCluster() {
			return new EntityManagerFactoryDependsOnCluster();
		}

		@Bean
		ClusterChannel policyCacheClusterChannel(ClusterProperties properties) {
			HazelcastVersion.check();
			if (properties.getHeartbeat().isNegative() || properties.getHeartbeat().isZero()) {
				throw new InvalidPolicyCacheException(
						"Property 'cache-policy.cluster.heartbeat' is %s".formatted(properties.getHeartbeat()),
						"Set it to a value of more than 0.");
			}
			if (!ClusterSettings.isCompatible(properties.getHeartbeat(), properties.getMaxStaleness())) {
				throw new InvalidPolicyCacheException(
						"Property 'cache-policy.cluster.max-staleness' is %s, which is less than three times 'cache-policy.cluster.heartbeat' (%s): clustered caches would be cleared all the time"
							.formatted(properties.getMaxStaleness(), properties.getHeartbeat()),
						"Raise 'cache-policy.cluster.max-staleness', or lower 'cache-policy.cluster.heartbeat'.");
			}
			if (properties.getForgetAfter().compareTo(properties.getMaxStaleness()) < 0) {
				throw new InvalidPolicyCacheException(
						"Property 'cache-policy.cluster.forget-after' is %s, which is less than 'cache-policy.cluster.max-staleness' (%s)"
							.formatted(properties.getForgetAfter(), properties.getMaxStaleness()),
						"Set it to a value that an interruption of the network does not reach.");
			}
			return new ClusterChannel(new ClusterSettings(properties.getHeartbeat(), properties.getMaxStaleness(),
					properties.getForgetAfter()));
		}

		@Bean(LIFECYCLE)
		ClusterLifecycle policyCacheClusterLifecycle(ClusterChannel channel, ClusterProperties properties,
				ListableBeanFactory beanFactory, ObjectProvider<HazelcastInstance> hazelcast,
				ObjectProvider<PolicyCacheReference> reference) {
			List<String> names = List.of(beanFactory.getBeanNamesForType(HazelcastInstance.class, true, false));
			return new ClusterLifecycle(channel, properties, () -> {
				HazelcastInstance unique = hazelcast.getIfUnique();
				if (unique == null && names.size() > 1) {
					throw new InvalidPolicyCacheException(
							"There are several HazelcastInstance beans, and none is primary: %s".formatted(names),
							"Make the one that connects the instances @Primary.");
				}
				return unique;
			}, () -> {
				PolicyCacheReference available = reference.getIfAvailable();
				return (available != null) ? available.manager() : null;
			});
		}

	}

	/**
	 * Makes the manager depend on the lifecycle.
	 */
	static final class CacheManagerDependsOnCluster extends AbstractDependsOnBeanFactoryPostProcessor {

		CacheManagerDependsOnCluster() {
			super(ConfigurablePolicyCacheManager.class, LIFECYCLE);
		}

	}

	/**
	 * Makes the entity manager factory depend on the lifecycle: after the goodbye nobody
	 * would be told of what it writes.
	 */
	static final class EntityManagerFactoryDependsOnCluster extends EntityManagerFactoryDependsOnPostProcessor {

		EntityManagerFactoryDependsOnCluster() {
			super(LIFECYCLE);
		}

	}

}
