package io.cachepolicy.bypass;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.cache.ManagedPolicyCache;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that what goes around a cache through JPA is seen, whichever way it takes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BypassTests {

	private static final List<String> POLICIES = List.of("write-through", "write-back", "write-around");

	private ConfigurableApplicationContext context;

	private TransactionTemplate transaction;

	private JdbcTemplate jdbc;

	private Bypass.Access access;

	@BeforeAll
	void start() {
		this.context = BypassApplication.start();
		this.transaction = new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class));
		this.jdbc = this.context.getBean(JdbcTemplate.class);
		EntityManager manager = SharedEntityManagerCreator
			.createSharedEntityManager(this.context.getBean(EntityManagerFactory.class));
		this.access = new Bypass.Access(this.context.getBean(WareRepository.class), manager);
	}

	@AfterAll
	void stop() {
		this.context.close();
	}

	@BeforeEach
	void clean() {
		this.jdbc.execute("truncate table ware, ware_tags, crate, machine, robot cascade");
		this.jdbc.execute("insert into crate (id) values (1)");
		this.jdbc.execute("insert into ware (id, price, stock, crate) values (1, 1, 0, 1)");
		this.jdbc.execute("insert into ware_tags (ware_id, tags) values (1, 'a')");
		this.jdbc.execute("insert into machine (id, version, price) values (1, 0, 1), (2, 0, 1)");
		this.jdbc.execute("insert into robot (id, arms) values (2, 1)");
		manager().invalidate(Ware.class);
		manager().invalidate(Machine.class);
	}

	private PolicyCacheManager manager() {
		return this.context.getBean(PolicyCacheManager.class);
	}

	private PolicyCache cache(String name) {
		return Objects.requireNonNull(manager().getCache(name));
	}

	private String read(String cache) {
		return String.valueOf(cache(cache).get(1L, Ware.class));
	}

	private String readByOther(String cache) {
		return CompletableFuture.supplyAsync(() -> read(cache)).join();
	}

	static Stream<Arguments> cases() {
		return Stream.of(Bypass.values())
			.flatMap((bypass) -> POLICIES.stream().map((policy) -> Arguments.of(bypass, policy)));
	}

	@ParameterizedTest
	@MethodSource("cases")
	@DisplayName("R6: what is written around the cache is seen by its transaction at once, by others after the commit")
	void committedChangeIsSeen(Bypass bypass, String policy) {
		assertThat(read(policy)).isEqualTo("1[a]");
		this.transaction.executeWithoutResult((status) -> {
			assertThat(read(policy)).isEqualTo("1[a]");
			bypass.change(this.access);
			assertThat(read(policy)).isEqualTo(bypass.result());
			assertThat(readByOther(policy)).isEqualTo("1[a]");
			assertThat(read(policy)).isEqualTo(bypass.result());
		});
		assertThat(read(policy)).isEqualTo(bypass.result());
		assertThat(readByOther(policy)).isEqualTo(bypass.result());
	}

	@ParameterizedTest
	@MethodSource("cases")
	@DisplayName("R6: what is rolled back leaves no trace")
	void changeThatIsRolledBackIsNotSeen(Bypass bypass, String policy) {
		assertThat(read(policy)).isEqualTo("1[a]");
		this.transaction.executeWithoutResult((status) -> {
			bypass.change(this.access);
			assertThat(read(policy)).isEqualTo(bypass.result());
			status.setRollbackOnly();
		});
		assertThat(read(policy)).isEqualTo("1[a]");
		assertThat(readByOther(policy)).isEqualTo("1[a]");
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("R6: a transaction of Hibernate alone is followed as one of Spring")
	void transactionOfHibernateIsFollowed(Bypass bypass) {
		assertThat(read("write-through")).isEqualTo("1[a]");
		if (usesRepository(bypass)) {
			return;
		}
		EntityManagerFactory factory = this.context.getBean(EntityManagerFactory.class);
		try (EntityManager manager = factory.createEntityManager()) {
			manager.getTransaction().begin();
			bypass.change(new Bypass.Access(this.access.repository(), manager));
			manager.flush();
			assertThat(readByOther("write-through")).isEqualTo("1[a]");
			manager.getTransaction().commit();
		}
		assertThat(read("write-through")).isEqualTo(bypass.result());
	}

	private static boolean usesRepository(Bypass bypass) {
		return bypass.name().startsWith("SAVE") || (bypass.name().startsWith("DELETE"));
	}

	@Test
	@DisplayName("R6: a write by one cache is seen by the other caches of the entity, and evicts nothing of its own")
	void writeByOneCacheIsSeenByOthers() {
		POLICIES.forEach(this::read);
		Ware ware = new Ware(1, 5);
		cache("write-through").put(1L, ware);
		this.jdbc.update("update ware set price = 6");
		assertThat(read("write-through")).isEqualTo("5[]");
		assertThat(read("write-back")).isEqualTo("6[]");
		assertThat(read("write-around")).isEqualTo("6[]");
		cache("write-back").put(1L, new Ware(1, 7));
		cache("write-back").flush(Duration.ofSeconds(10));
		this.jdbc.update("update ware set price = 8");
		assertThat(read("write-back")).isEqualTo("7[]");
		assertThat(read("write-through")).isEqualTo("8[]");
		cache("write-around").remove(1L);
		assertThat(read("write-back")).isEqualTo("null");
		assertThat(read("write-through")).isEqualTo("null");
	}

	@Test
	@DisplayName("R6: what was seen around the cache is counted")
	void changesAreCounted() {
		ManagedPolicyCache cache = (ManagedPolicyCache) cache("write-through");
		read("write-through");
		long before = cache.getBypassed();
		this.transaction.executeWithoutResult((status) -> this.access.find().setPrice(3));
		this.transaction.executeWithoutResult((status) -> {
			this.access.find().setPrice(4);
			this.access.manager().flush();
			status.setRollbackOnly();
		});
		cache.put(1L, new Ware(1, 5));
		assertThat(cache.getBypassed() - before).isOne();
	}

	@Test
	@DisplayName("R6: a row that is written along with another one's write is not taken for a part of it")
	void otherRowsOfTheSessionAreFollowed() {
		this.jdbc.execute("insert into ware (id, price, stock) values (2, 1, 0)");
		PolicyCache cache = cache("write-through");
		cache.get(1L, Ware.class);
		cache.get(2L, Ware.class);
		this.transaction.executeWithoutResult((status) -> {
			this.access.find().setPrice(4);
			cache.put(2L, new Ware(2, 3));
		});
		assertThat(read("write-through")).isEqualTo("4[a]");
		this.jdbc.update("update ware set price = 9");
		assertThat(cache.get(2L, Ware.class)).hasToString("3[]");
	}

	@Test
	@DisplayName("R6: statements on a hierarchy of several tables are followed, by all of its caches")
	void hierarchyIsFollowed() {
		Stream<String> statements = Stream.of("update Robot set arms = 7, price = 7", "update Machine set price = 8",
				"delete from Robot", "delete from Machine");
		statements.forEach((statement) -> {
			cache("machines").get(1L, Machine.class);
			cache("machines").get(2L, Machine.class);
			cache("robots").get(2L, Robot.class);
			this.transaction
				.executeWithoutResult((status) -> this.access.manager().createQuery(statement).executeUpdate());
			List<Integer> prices = this.jdbc.queryForList("select price from machine where id = 2", Integer.class);
			Integer price = (prices.isEmpty()) ? null : prices.get(0);
			assertThat(priceOf(cache("machines").get(2L, Machine.class))).isEqualTo(price);
			assertThat(priceOf(cache("robots").get(2L, Machine.class))).isEqualTo(price);
		});
	}

	private static @Nullable Integer priceOf(@Nullable Machine machine) {
		return (machine != null) ? machine.getPrice() : null;
	}

	@Test
	@DisplayName("R6: a row of a hierarchy is followed by the caches of all its types")
	void rowOfHierarchyIsFollowed() {
		cache("machines").get(2L, Machine.class);
		cache("robots").get(2L, Robot.class);
		this.transaction.executeWithoutResult((status) -> this.access.manager().find(Robot.class, 2L).setPrice(3));
		assertThat(Objects.requireNonNull(cache("machines").get(2L, Machine.class)).getPrice()).isEqualTo(3);
		assertThat(Objects.requireNonNull(cache("robots").get(2L, Robot.class)).getPrice()).isEqualTo(3);
	}

	@Test
	@DisplayName("R6: what nobody can see is told by invalidate")
	void invalidateDropsEntries() {
		read("write-through");
		cache("machines").get(1L, Machine.class);
		this.jdbc.update("update ware set price = 2");
		this.jdbc.update("update machine set price = 2");
		manager().invalidate(Ware.class);
		assertThat(read("write-through")).isEqualTo("2[a]");
		assertThat(Objects.requireNonNull(cache("machines").get(1L, Machine.class)).getPrice()).isEqualTo(1);
		manager().invalidate(Robot.class);
		assertThat(Objects.requireNonNull(cache("machines").get(1L, Machine.class)).getPrice()).isEqualTo(2);
	}

	@Test
	@DisplayName("R6: a statement without a transaction is followed at once")
	void statelessSessionWithoutTransactionIsFollowed() {
		read("write-through");
		SessionFactory factory = this.context.getBean(EntityManagerFactory.class).unwrap(SessionFactory.class);
		try (StatelessSession session = factory.openStatelessSession()) {
			Ware ware = session.get(Ware.class, 1L);
			ware.setPrice(2);
			session.update(ware);
		}
		assertThat(this.jdbc.queryForObject("select price from ware", Integer.class)).isEqualTo(2);
		assertThat(read("write-through")).isEqualTo("2[a]");
	}

}
