package io.cachepolicy.testsupport;

import org.springframework.boot.transaction.autoconfigure.TransactionManagerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.JpaVendorAdapter;
import org.springframework.orm.jpa.vendor.HibernateJpaDialect;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;

/**
 * Lets an application have nested transactions, by savepoints.
 */
@Configuration(proxyBeanMethods = false)
public class NestedTransactions {

	@Bean
	JpaVendorAdapter jpaVendorAdapter() {
		return new HibernateJpaVendorAdapter() {

			private final HibernateJpaDialect dialect = new SavepointDialect();

			@Override
			public HibernateJpaDialect getJpaDialect() {
				return this.dialect;
			}

		};
	}

	@Bean
	TransactionManagerCustomizer<JpaTransactionManager> nestedTransactionManagers() {
		return (manager) -> manager.setNestedTransactionAllowed(true);
	}

}
