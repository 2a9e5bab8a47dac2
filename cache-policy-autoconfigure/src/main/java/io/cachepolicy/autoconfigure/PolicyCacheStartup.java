package io.cachepolicy.autoconfigure;

import java.util.List;
import java.util.stream.Stream;

import io.cachepolicy.cache.ConfigurablePolicyCacheManager;
import io.cachepolicy.cache.ManagedPolicyCache;
import io.cachepolicy.interceptor.PolicyCachedDeclarations;
import io.cachepolicy.interceptor.PolicyCachedMethod;
import io.cachepolicy.interceptor.PolicyCachedMethods;
import io.cachepolicy.interceptor.PolicyCachedProblems;
import io.cachepolicy.interceptor.repository.PolicyCachedRepositories;
import io.cachepolicy.interceptor.repository.PolicyCachedRepository;
import io.cachepolicy.settings.CacheSpec;
import io.cachepolicy.spi.ChangeChannel;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Declares the caches that the application's methods use, and checks that methods,
 * settings and stores fit together.
 */
class PolicyCacheStartup implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(PolicyCacheStartup.class);

	private static final String OPEN_IN_VIEW = "openEntityManagerInViewInterceptor";

	private final ConfigurableListableBeanFactory beanFactory;

	private final ConfigurablePolicyCacheManager manager;

	private final CacheSettingsValidator validator;

	private final Problems problems;

	private final OtherCacheProviders otherProviders;

	private final boolean passThrough;

	PolicyCacheStartup(ConfigurableListableBeanFactory beanFactory, ConfigurablePolicyCacheManager manager,
			CacheSettingsValidator validator, Problems problems, OtherCacheProviders otherProviders,
			boolean passThrough) {
		this.beanFactory = beanFactory;
		this.manager = manager;
		this.validator = validator;
		this.problems = problems;
		this.otherProviders = otherProviders;
		this.passThrough = passThrough;
	}

	/**
	 * Declare and check. Where nothing is cached, stores are looked for only when they
	 * are used, so that a test can do without them.
	 */
	@Override
	public void afterSingletonsInstantiated() {
		this.validator.validateApplication();
		PolicyCachedMethods methods = new PolicyCachedMethods(this.beanFactory, this.problems::add);
		List<PolicyCachedRepository> repositories = new PolicyCachedRepositories(this.beanFactory, this.problems::add)
			.all();
		this.beanFactory.getBeanProvider(PolicyCachedProblems.class)
			.ifAvailable((found) -> found.close().forEach(this.problems::add));
		List<CacheUse> uses = Stream
			.concat(methods.all().stream().map(CacheUse::of), repositories.stream().map(CacheUse::of))
			.toList();
		this.validator.validateNames(uses);
		declare(methods, repositories);
		this.validator.validateInvalidates(this.manager.getCacheNames());
		if (!this.passThrough) {
			validate(methods, repositories, uses);
		}
		this.problems.throwIfAny();
		if (!this.passThrough) {
			warnOfOpenInView(repositories);
			this.otherProviders.warn();
		}
		if (!this.passThrough && this.beanFactory.getBeanProvider(ChangeChannel.class).stream().findAny().isPresent()) {
			this.validator.warnOfSharedWriteBack(uses, this.manager);
		}
	}

	private void declare(PolicyCachedMethods methods, List<PolicyCachedRepository> repositories) {
		repositories.forEach(
				(repository) -> this.problems.check(() -> PolicyCachedRepositories.declare(repository, this.manager)));
		methods.all()
			.forEach((method) -> this.problems.check(() -> PolicyCachedDeclarations.declare(method, this.manager)));
		methods.findOthers()
			.stream()
			.map(PolicyCachedMethod::cacheName)
			.filter(this.validator::isKnown)
			.forEach((name) -> this.manager.declare(name, "A cache annotation"));
	}

	private void validate(PolicyCachedMethods methods, List<PolicyCachedRepository> repositories, List<CacheUse> uses) {
		this.validator.validatePace(this.beanFactory.getBeanClassLoader());
		this.manager.getCacheNames().forEach((name) -> this.problems.check(() -> findStore(name)));
		methods.all()
			.forEach((method) -> this.problems.check(() -> PolicyCachedDeclarations.validate(method, this.manager)));
		repositories.forEach(
				(repository) -> this.problems.check(() -> PolicyCachedRepositories.validate(repository, this.manager)));
		methods.findOthers()
			.stream()
			.filter((method) -> this.validator.isKnown(method.cacheName()))
			.forEach((method) -> this.problems
				.check(() -> PolicyCachedDeclarations.validateOther(method, this.manager)));
		methods.findJCacheReads()
			.stream()
			.filter((method) -> this.manager.getCacheNames().contains(method.cacheName()))
			.forEach((method) -> this.problems
				.check(() -> PolicyCachedDeclarations.validateJCacheRead(method, this.manager)));
		this.validator.validateStores(uses, this.manager);
	}

	private void warnOfOpenInView(List<PolicyCachedRepository> repositories) {
		List<String> names = repositories.stream()
			.map(PolicyCachedRepository::cacheName)
			.distinct()
			.filter((name) -> !isDetached(name))
			.toList();
		if (!names.isEmpty() && this.beanFactory.containsBean(OPEN_IN_VIEW)) {
			logger
				.warn(("Web requests have an open session ('spring.jpa.open-in-view'), which manages what repositories "
						+ "return: in it they read the caches %s only if '%s.detached-reads' is true, or "
						+ "'spring.jpa.open-in-view' is false")
					.formatted(names, CacheSpec.propertiesOf(names.get(0))));
		}
	}

	private boolean isDetached(String name) {
		ManagedPolicyCache cache = this.manager.getCache(name);
		return cache != null && cache.getSpec().detachedReads();
	}

	private void findStore(String name) {
		ManagedPolicyCache cache = this.manager.getCache(name);
		if (cache != null) {
			cache.findStore();
		}
	}

}
