package io.cachepolicy.transactions;

import java.util.Map;
import java.util.Objects;

import javax.sql.DataSource;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.testsupport.NestedTransactions;
import io.cachepolicy.testsupport.Postgres;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * An application with a cache per policy, nested transactions, and a second database with
 * a transaction manager of its own.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableCaching
@Import(NestedTransactions.class)
class TransactionsApplication {

	static final int MAX_PENDING = 64;

	static final Map<WritePolicy, String> CACHES = Map.of(WritePolicy.WRITE_THROUGH, "through", WritePolicy.WRITE_BACK,
			"back", WritePolicy.WRITE_AROUND, "around");

	/**
	 * A commit that need not reach the disk is faster.
	 */
	static ConfigurableApplicationContext start(Class<?>... more) {
		return new SpringApplicationBuilder(TransactionsApplication.class).sources(more)
			.web(WebApplicationType.NONE)
			.properties("spring.datasource.url=" + Postgres.createDatabase() + "&options=-c%20synchronous_commit=off",
					"other.url=" + Postgres.createDatabase(), "spring.jpa.hibernate.ddl-auto=create",
					"spring.datasource.hikari.maximum-pool-size=8", "spring.main.banner-mode=off",
					"logging.level.root=warn", "logging.level.org.hibernate=off",
					"cache-policy.caches.through.policy=write-through", "cache-policy.caches.back.policy=write-back",
					"cache-policy.caches.around.policy=write-around",
					"cache-policy.caches.back.write-back.flush-interval=1h",
					"cache-policy.caches.back.write-back.overflow=reject",
					"cache-policy.caches.back.write-back.max-pending=" + MAX_PENDING)
			.run();
	}

	@Bean(defaultCandidate = false)
	DataSource otherDataSource(org.springframework.core.env.Environment environment) {
		return new DriverManagerDataSource(Objects.requireNonNull(environment.getProperty("other.url")));
	}

	@Bean(defaultCandidate = false)
	DataSourceTransactionManager otherTransactionManager(@Qualifier("otherDataSource") DataSource dataSource) {
		return new DataSourceTransactionManager(dataSource);
	}

	@Bean
	Accounts.Through through(AccountRepository repository) {
		return new Accounts.Through(repository);
	}

	@Bean
	Accounts.Back back(AccountRepository repository) {
		return new Accounts.Back(repository);
	}

	@Bean
	Accounts.Around around(AccountRepository repository) {
		return new Accounts.Around(repository);
	}

	@Bean
	Phases phases() {
		return new Phases();
	}

	/**
	 * Work to be done in a phase of the transaction that publishes it.
	 *
	 * @param phase the phase
	 * @param action the work
	 */
	record Work(TransactionPhase phase, Runnable action) {

	}

	/**
	 * Does the work of each phase.
	 */
	static class Phases {

		@TransactionalEventListener(phase = TransactionPhase.BEFORE_COMMIT)
		void beforeCommit(Work work) {
			run(work, TransactionPhase.BEFORE_COMMIT);
		}

		@TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT)
		void afterCommit(Work work) {
			run(work, TransactionPhase.AFTER_COMMIT);
		}

		@TransactionalEventListener(phase = TransactionPhase.AFTER_ROLLBACK)
		void afterRollback(Work work) {
			run(work, TransactionPhase.AFTER_ROLLBACK);
		}

		@TransactionalEventListener(phase = TransactionPhase.AFTER_COMPLETION)
		void afterCompletion(Work work) {
			run(work, TransactionPhase.AFTER_COMPLETION);
		}

		private static void run(Work work, TransactionPhase phase) {
			if (work.phase() == phase) {
				work.action().run();
			}
		}

	}

}
