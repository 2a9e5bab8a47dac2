package io.cachepolicy.autoconfigure;

import java.util.List;

import io.cachepolicy.cache.ConfigurablePolicyCacheManager;
import io.cachepolicy.interceptor.PolicyCachedDeclarations;
import io.cachepolicy.interceptor.PolicyCachedMethod;
import io.cachepolicy.interceptor.PolicyCachedMethods;
import io.cachepolicy.spi.ChangeChannel;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Declares the caches that the application's methods use, and checks that methods,
 * settings and stores fit together.
 */
class PolicyCacheStartup implements SmartInitializingSingleton {

	private final ConfigurableListableBeanFactory beanFactory;

	private final ConfigurablePolicyCacheManager manager;

	private final CacheSettingsValidator validator;

	private final boolean passThrough;

	PolicyCacheStartup(ConfigurableListableBeanFactory beanFactory, ConfigurablePolicyCacheManager manager,
			CacheSettingsValidator validator, boolean passThrough) {
		this.beanFactory = beanFactory;
		this.manager = manager;
		this.validator = validator;
		this.passThrough = passThrough;
	}

	/**
	 * Declare and check. Where nothing is cached, stores are looked for only when they
	 * are used, so that a test can do without them.
	 */
	@Override
	public void afterSingletonsInstantiated() {
		this.validator.validateApplication();
		PolicyCachedMethods methods = new PolicyCachedMethods(this.beanFactory);
		List<PolicyCachedMethod> found = methods.find();
		this.validator.validateNames(found);
		PolicyCachedDeclarations.declare(found, this.manager);
		methods.findOtherCacheNames()
			.stream()
			.filter(this.validator::isKnown)
			.forEach((name) -> this.manager.declare(name, "A cache annotation"));
		this.validator.validateInvalidates(this.manager.getCacheNames());
		if (!this.passThrough) {
			this.validator.validatePace(this.beanFactory.getBeanClassLoader());
			this.manager.validate();
			PolicyCachedDeclarations.validate(found, this.manager);
			this.validator.validateStores(found, this.manager);
			if (this.beanFactory.getBeanProvider(ChangeChannel.class).stream().findAny().isPresent()) {
				this.validator.warnOfSharedWriteBack(found, this.manager);
			}
		}
	}

}
