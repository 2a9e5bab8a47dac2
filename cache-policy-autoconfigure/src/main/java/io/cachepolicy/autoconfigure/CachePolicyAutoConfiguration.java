package io.cachepolicy.autoconfigure;

import java.time.Clock;
import java.time.Duration;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.cachepolicy.PolicyCacheCustomizer;
import io.cachepolicy.WriteFailureHandler;
import io.cachepolicy.cache.CacheInfrastructure;
import io.cachepolicy.cache.CaffeinePolicyCacheManager;
import io.cachepolicy.cache.PolicyCacheReference;
import io.cachepolicy.interceptor.PolicyCachedConfiguration;
import io.cachepolicy.interceptor.repository.RepositoryCachingConfiguration;
import io.cachepolicy.jpa.JpaBackingStoreResolver;
import io.cachepolicy.jpa.copy.EntityCopier;
import io.cachepolicy.spi.ChangeChannel;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.WriteContextCapture;
import io.cachepolicy.spi.WriteObserver;
import io.cachepolicy.writeback.FlushThreads;
import io.cachepolicy.writeback.WriteBackFactory;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.cache.CacheType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.cache.autoconfigure.CacheManagerCustomizer;
import org.springframework.boot.cache.autoconfigure.CacheManagerCustomizers;
import org.springframework.boot.cache.autoconfigure.CacheProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.system.JavaVersion;
import org.springframework.boot.thread.Threading;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCache;
import org.springframework.cache.interceptor.CacheAspectSupport;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.core.task.TaskDecorator;
import org.springframework.data.repository.CrudRepository;

/**
 * {@link AutoConfiguration Auto-configuration} for caches with a write policy towards JPA
 * repositories, if {@link EnableCaching} is there and no other {@link CacheManager}.
 */
@AutoConfiguration(before = CacheAutoConfiguration.class,
		after = { HibernateJpaAutoConfiguration.class, DataJpaRepositoriesAutoConfiguration.class,
				TransactionAutoConfiguration.class })
@ConditionalOnClass({ Caffeine.class, CaffeineCache.class, CrudRepository.class, EntityManager.class })
@ConditionalOnBean(CacheAspectSupport.class)
@ConditionalOnMissingBean(value = CacheManager.class, name = "cacheResolver")
@Conditional({ OnCacheTypeCondition.class, OnNoCacheBeansCondition.class })
@EnableConfigurationProperties({ CachePolicyProperties.class, CacheProperties.class })
@Import({ PolicyCachedConfiguration.class, RepositoryCachingConfiguration.class, WriteContextConfiguration.class })
public final class CachePolicyAutoConfiguration {

	/**
	 * Name of the manager's bean, and of the manager in meters and observations.
	 */
	static final String MANAGER = "cacheManager";

	private static final Duration DEFAULT_PHASE_TIMEOUT = Duration.ofSeconds(30);

	private final CachePolicyProperties properties;

	private final CacheSpecs specs;

	private final boolean passThrough;

	CachePolicyAutoConfiguration(CachePolicyProperties properties, CacheProperties cacheProperties,
			ObjectProvider<TestSlice> testSlice) {
		this.properties = properties;
		CacheType implied = (testSlice.getIfAvailable() != null) ? CacheType.NONE : CacheType.CAFFEINE;
		CacheType type = (cacheProperties.getType() != null) ? cacheProperties.getType() : implied;
		this.passThrough = !properties.isEnabled() || type == CacheType.NONE;
		this.specs = new CacheSpecs(properties, cacheProperties.getCacheNames(),
				cacheProperties.getCaffeine().getSpec(), this.passThrough);
	}

	/**
	 * Virtual threads only of a JDK whose monitors don't pin them: JDBC drivers wait in
	 * some.
	 * @param environment the environment
	 * @return the threads
	 */
	@Bean
	FlushThreads policyCacheFlushThreads(Environment environment) {
		boolean virtual = Threading.VIRTUAL.isActive(environment)
				&& JavaVersion.getJavaVersion().isEqualOrNewerThan(JavaVersion.TWENTY_FOUR);
		return (virtual) ? FlushThreads.virtual() : FlushThreads.platform();
	}

	@Bean
	WriteBackFactory policyCacheWriteBackFactory(ObjectProvider<WriteFailureHandler> failureHandlers,
			ApplicationEventPublisher publisher, ObjectProvider<WriteContextCapture> contexts,
			ObjectProvider<TaskDecorator> decorators, ObjectProvider<FlushListener> listeners,
			ObjectProvider<PendingLog.Factory> logs, FlushThreads threads) {
		WriteFailures failures = new WriteFailures(failureHandlers, publisher);
		WriteContexts writeContexts = new WriteContexts(contexts, decorators);
		FlushListeners flushListeners = new FlushListeners(listeners);
		return new WriteBackFactory(Clock.systemUTC(), failures, writeContexts, flushListeners, logs.getIfAvailable(),
				threads);
	}

	@Bean
	FlushEvents policyCacheFlushEvents(ApplicationEventPublisher publisher) {
		return new FlushEvents(publisher);
	}

	@Bean(MANAGER)
	CaffeinePolicyCacheManager cacheManager(PolicyCacheReference reference) {
		return (CaffeinePolicyCacheManager) reference.manager();
	}

	@Bean
	PolicyCacheReference policyCacheReference(ConfigurableListableBeanFactory beanFactory, WriteBackFactory writeBack,
			ObjectProvider<PolicyCacheCustomizer> cacheCustomizers,
			ObjectProvider<CacheManagerCustomizer<?>> managerCustomizers, ObjectProvider<WriteObserver> observers,
			ObjectProvider<ChangeChannel> channel) {
		CacheInfrastructure infrastructure = new CacheInfrastructure(new JpaBackingStoreResolver(beanFactory),
				new EntityCopier(() -> beanFactory.getBeanProvider(EntityManagerFactory.class).stream()), writeBack,
				(name, caffeine) -> cacheCustomizers.orderedStream()
					.forEach((customizer) -> customizer.customize(name, caffeine)),
				new WriteObservers(observers), channel.getIfAvailable(() -> ChangeChannel.NONE));
		CaffeinePolicyCacheManager manager = new CaffeinePolicyCacheManager(this.specs.declared(),
				this.specs::undeclared, infrastructure, this.passThrough);
		// Until the lifecycle starts it
		manager.stop(Duration.ZERO);
		return new PolicyCacheReference(
				new CacheManagerCustomizers(managerCustomizers.orderedStream().toList()).customize(manager));
	}

	@Bean
	PolicyCacheStartup policyCacheStartup(ConfigurableListableBeanFactory beanFactory, PolicyCacheReference reference,
			Environment environment) {
		Problems problems = new Problems();
		return new PolicyCacheStartup(beanFactory, reference.manager(),
				new CacheSettingsValidator(this.properties, this.specs, problems), problems,
				new OtherCacheProviders(beanFactory, environment), this.passThrough);
	}

	@Bean
	PolicyCacheLifecycle policyCacheLifecycle(PolicyCacheReference reference, FlushEvents events,
			ApplicationContext context) {
		Duration phaseTimeout = Binder.get(context.getEnvironment())
			.bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class)
			.orElse(DEFAULT_PHASE_TIMEOUT);
		return new PolicyCacheLifecycle(reference.manager(), events, context, this.properties.getShutdownTimeout(),
				phaseTimeout);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static ModulePropertiesBindHandlerAdvisor policyCacheModulePropertiesBindHandlerAdvisor(
			ListableBeanFactory beanFactory) {
		return new ModulePropertiesBindHandlerAdvisor(beanFactory);
	}

	@Bean
	static TransactionClockRegistrar transactionClockRegistrar() {
		return new TransactionClockRegistrar();
	}

}
