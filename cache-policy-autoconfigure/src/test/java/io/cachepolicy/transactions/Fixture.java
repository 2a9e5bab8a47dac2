package io.cachepolicy.transactions;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.cache.CaffeinePolicyCache;
import jakarta.persistence.EntityManager;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.SharedEntityManagerCreator;

/**
 * The application that all cases share.
 */
final class Fixture implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private final ExecutorService others = Executors.newSingleThreadExecutor();

	private final EntityManager entityManager;

	private long lastId;

	Fixture(Class<?>... more) {
		this.context = TransactionsApplication.start(more);
		jdbc().execute("create table mark (account bigint references account deferrable initially deferred)");
		this.entityManager = SharedEntityManagerCreator
			.createSharedEntityManager(Objects.requireNonNull(jpa().getEntityManagerFactory()));
	}

	CaffeinePolicyCache cache(WritePolicy policy) {
		return Objects.requireNonNull((CaffeinePolicyCache) this.context.getBean(PolicyCacheManager.class)
			.getCache(TransactionsApplication.CACHES.get(policy)));
	}

	Accounts accounts(WritePolicy policy) {
		return this.context.getBean(TransactionsApplication.CACHES.get(policy), Accounts.class);
	}

	AccountRepository repository() {
		return this.context.getBean(AccountRepository.class);
	}

	JdbcTemplate jdbc() {
		return this.context.getBean(JdbcTemplate.class);
	}

	EntityManager entityManager() {
		return this.entityManager;
	}

	JpaTransactionManager jpa() {
		return this.context.getBean(JpaTransactionManager.class);
	}

	DataSourceTransactionManager other() {
		return this.context.getBean(DataSourceTransactionManager.class);
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	void publish(Object event) {
		this.context.publishEvent(event);
	}

	long newId() {
		return ++this.lastId;
	}

	void insert(long id, String text) {
		jdbc().update("insert into account (id, text, version) values (?, ?, 0)", id, text);
	}

	/**
	 * Return the rows that there are.
	 */
	Map<Long, Account> rows(List<Long> ids) {
		return this.entityManager
			.createQuery("select account from Account account where account.id in (:ids)", Account.class)
			.setParameter("ids", ids)
			.getResultList()
			.stream()
			.collect(Collectors.toMap(Account::getId, Function.identity()));
	}

	/**
	 * Do something in another thread, so outside of the caller's transaction.
	 */
	<T> T inOtherThread(Supplier<T> action) {
		return CompletableFuture.supplyAsync(action, this.others).orTimeout(20, TimeUnit.SECONDS).join();
	}

	@Override
	public void close() {
		this.others.shutdown();
		this.context.close();
	}

}
