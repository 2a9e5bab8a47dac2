package io.cachepolicy.autoconfigure;

import io.cachepolicy.transaction.TransactionClock;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.transaction.ConfigurableTransactionManager;

/**
 * Adds a {@link TransactionClock} to every transaction manager.
 */
class TransactionClockRegistrar implements BeanPostProcessor {

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof ConfigurableTransactionManager transactionManager
				&& transactionManager.getTransactionExecutionListeners()
					.stream()
					.noneMatch(TransactionClock.class::isInstance)) {
			transactionManager.addListener(new TransactionClock(transactionManager));
		}
		return bean;
	}

}
