package io.cachepolicy.bypass;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import javax.sql.DataSource;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.cache.ManagedPolicyCache;
import io.cachepolicy.testsupport.LocalJta;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.jta.JtaTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests what goes around a cache in transactions of JTA.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JtaTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private ConfigurableApplicationContext context;

	private TransactionTemplate transaction;

	private TransactionTemplate another;

	private JdbcTemplate jdbc;

	private WareRepository wares;

	private EntityManager entityManager;

	@BeforeAll
	void start() {
		this.context = BypassApplication.start("spring.main.sources=" + JtaConfiguration.class.getName());
		PlatformTransactionManager manager = this.context.getBean(PlatformTransactionManager.class);
		assertThat(manager).isInstanceOf(JtaTransactionManager.class);
		assertThat(this.context.getBean(EntityManagerFactory.class)
			.unwrap(SessionFactoryImplementor.class)
			.getServiceRegistry()
			.requireService(TransactionCoordinatorBuilder.class)
			.isJta()).isTrue();
		this.transaction = new TransactionTemplate(manager);
		this.another = new TransactionTemplate(manager);
		this.another.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		this.jdbc = this.context.getBean(JdbcTemplate.class);
		this.wares = this.context.getBean(WareRepository.class);
		this.entityManager = SharedEntityManagerCreator
			.createSharedEntityManager(this.context.getBean(EntityManagerFactory.class));
	}

	@AfterAll
	void stop() {
		this.context.close();
	}

	@BeforeEach
	void clean() {
		this.context.getBean(PolicyCacheManager.class).flush(TIMEOUT);
		this.jdbc.execute("truncate table ware, ware_tags");
		this.jdbc.execute("insert into ware (id, price, stock) values (1, 1, 1), (2, 1, 1)");
		this.context.getBean(PolicyCacheManager.class).invalidate(Ware.class);
		List.of("write-through", "write-back", "write-around").forEach((name) -> read(name, 1));
	}

	private PolicyCache cache(String name) {
		return Objects.requireNonNull(this.context.getBean(PolicyCacheManager.class).getCache(name));
	}

	private String read(String name, long id) {
		return String.valueOf(cache(name).get(id, Ware.class));
	}

	private String readByOther(String name, long id) {
		return CompletableFuture.supplyAsync(() -> read(name, id)).join();
	}

	private int row(long id) {
		return Objects
			.requireNonNull(this.jdbc.queryForObject("select price from ware where id = " + id, Integer.class));
	}

	private void change(String way, long id, int price) {
		switch (way) {
			case "repository" -> this.wares.saveAndFlush(new Ware(id, price));
			case "dirty" -> {
				this.wares.findById(id).orElseThrow().setPrice(price);
				this.entityManager.flush();
			}
			case "bulk" -> this.entityManager.createQuery("update Ware w set w.price = :price where w.id = :id")
				.setParameter("price", price)
				.setParameter("id", id)
				.executeUpdate();
			case "native" -> this.entityManager.createNativeQuery("update ware set price = :price where id = :id")
				.setParameter("price", price)
				.setParameter("id", id)
				.executeUpdate();
			default -> throw new IllegalArgumentException(way);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "repository", "dirty", "bulk", "native" })
	@DisplayName("R6: a change is seen by its transaction at once, by others after the commit")
	void changeIsSeen(String way) {
		for (String name : List.of("write-through", "write-back", "write-around")) {
			this.transaction.executeWithoutResult((status) -> {
				change(way, 1, 7);
				assertThat(read(name, 1)).isEqualTo("7[]");
				assertThat(readByOther(name, 1)).isEqualTo("1[]");
			});
			assertThat(readByOther(name, 1)).isEqualTo("7[]");
			clean();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "repository", "dirty", "bulk", "native" })
	@DisplayName("R6: a change that is rolled back is never seen by others")
	void changeThatIsRolledBackIsNotSeen(String way) {
		for (String name : List.of("write-through", "write-back", "write-around")) {
			this.transaction.executeWithoutResult((status) -> {
				change(way, 1, 7);
				assertThat(read(name, 1)).isEqualTo("7[]");
				status.setRollbackOnly();
			});
			assertThat(read(name, 1)).isEqualTo("1[]");
		}
	}

	@Test
	@DisplayName("R6: what a suspended transaction changed is not seen by the one that runs meanwhile")
	void suspendedTransactionIsNotSeen() {
		this.transaction.executeWithoutResult((status) -> {
			change("repository", 1, 7);
			this.another.executeWithoutResult((inner) -> {
				assertThat(read("write-through", 1)).isEqualTo("1[]");
				change("repository", 2, 8);
				assertThat(read("write-through", 2)).isEqualTo("8[]");
			});
			assertThat(readByOther("write-through", 2)).isEqualTo("8[]");
			status.setRollbackOnly();
		});
		assertThat(read("write-through", 1)).isEqualTo("1[]");
	}

	@ParameterizedTest
	@ValueSource(strings = { "write-through", "write-back", "write-around" })
	@DisplayName("a write joins a transaction of JTA, and leaves no trace after a rollback")
	void writeJoins(String name) {
		this.transaction.executeWithoutResult((status) -> {
			cache(name).put(1L, new Ware(1, 3));
			assertThat(read(name, 1)).isEqualTo("3[]");
			assertThat(readByOther(name, 1)).isEqualTo("1[]");
			status.setRollbackOnly();
		});
		assertThat(read(name, 1)).isEqualTo("1[]");
		assertThat(row(1)).isOne();
		this.transaction.executeWithoutResult((status) -> cache(name).put(1L, new Ware(1, 3)));
		assertThat(readByOther(name, 1)).isEqualTo("3[]");
		cache(name).flush(TIMEOUT);
		assertThat(row(1)).isEqualTo(3);
	}

	@Test
	@DisplayName("W7: a change around a pending write is a conflict")
	void changeOfPendingRowIsAConflict() {
		PolicyCache cache = cache("write-back");
		long stored = stored(cache);
		cache.put(1L, new Ware(1, 3));
		this.transaction.executeWithoutResult((status) -> change("native", 1, 7));
		// A flush may have begun by itself when the transaction ended
		cache.flush(TIMEOUT);
		await().until(() -> cache.pendingWrites() == 0);
		assertThat(row(1)).as("not overwritten silently").isEqualTo(7);
		// Or that of an earlier test was under way, and stored the write before the
		// change
		if (stored(cache) == stored) {
			assertThat(cache.deadLetters()).singleElement()
				.extracting(DeadLetter::kind)
				.isEqualTo(DeadLetter.Kind.CONFLICT);
		}
		assertThat(read("write-back", 1)).isEqualTo("7[]");
		cache("write-back").deadLetters().forEach(cache("write-back")::discard);
	}

	private static long stored(PolicyCache cache) {
		return Objects.requireNonNull(((ManagedPolicyCache) cache).findPendingWrites()).counts().written();
	}

	@Configuration(proxyBeanMethods = false)
	static class JtaConfiguration {

		@Bean
		LocalJta localJta() {
			return new LocalJta();
		}

		@Bean
		DataSource dataSource(LocalJta jta, @Value("${spring.datasource.url}") String url) {
			return jta.enlist(new DriverManagerDataSource(url));
		}

		@Bean
		JtaTransactionManager transactionManager(LocalJta jta) {
			return new JtaTransactionManager(jta, jta);
		}

	}

}
