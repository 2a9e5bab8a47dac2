package io.cachepolicy.bypass;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.cache.ManagedPolicyCache;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests that a transaction which may write gets what is pending of the rows that it loads
 * or changes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PendingReadTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private ConfigurableApplicationContext context;

	private TransactionTemplate transaction;

	private JdbcTemplate jdbc;

	private EntityManager manager;

	private WareRepository wares;

	private PolicyCache cache;

	private PolicyCache machines;

	@BeforeAll
	void start() {
		this.context = BypassApplication.start("cache-policy.caches.machines.policy=write-back",
				"cache-policy.caches.write-back.write-back.batch-size=2", "logging.level.io.cachepolicy=off");
		this.transaction = new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class));
		this.jdbc = this.context.getBean(JdbcTemplate.class);
		this.manager = SharedEntityManagerCreator
			.createSharedEntityManager(this.context.getBean(EntityManagerFactory.class));
		this.wares = this.context.getBean(WareRepository.class);
		this.cache = cache("write-back");
		this.machines = cache("machines");
	}

	@AfterAll
	void stop() {
		this.context.close();
	}

	private PolicyCache cache(String name) {
		return Objects.requireNonNull(this.context.getBean(PolicyCacheManager.class).getCache(name));
	}

	@BeforeEach
	void clean() {
		this.cache.flush(TIMEOUT);
		this.machines.flush(TIMEOUT);
		this.cache.deadLetters().forEach(this.cache::discard);
		this.machines.deadLetters().forEach(this.machines::discard);
		this.jdbc.execute("alter table ware drop constraint if exists cheap");
		this.jdbc.execute("truncate table ware, ware_tags, crate, machine, robot cascade");
		this.jdbc.execute("insert into ware (id, price, stock) select id, 1, 1 from generate_series(1, 3) id");
		this.jdbc.execute("insert into machine (id, version, price) values (1, 0, 1)");
		this.context.getBean(PolicyCacheManager.class).invalidate(Ware.class);
		this.context.getBean(PolicyCacheManager.class).invalidate(Machine.class);
		this.cache.get(1L, Ware.class);
		this.machines.get(1L, Machine.class);
	}

	private void commit(Runnable action) {
		this.transaction.executeWithoutResult((status) -> action.run());
	}

	private @Nullable Integer price(long id) {
		List<Integer> prices = this.jdbc.queryForList("select price from ware where id = ?", Integer.class, id);
		return prices.isEmpty() ? null : prices.get(0);
	}

	private void flushed() {
		assertThat(this.cache.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.cache.deadLetters()).isEmpty();
		assertThat(this.cache.pendingWrites()).isZero();
	}

	static Stream<Find> finds() {
		return Stream.of((test) -> test.manager.find(Ware.class, 1L), (test) -> test.wares.findById(1L).orElse(null),
				(test) -> test.manager.find(Ware.class, 1L, jakarta.persistence.LockModeType.PESSIMISTIC_WRITE));
	}

	@ParameterizedTest
	@MethodSource("finds")
	@DisplayName("W7: a transaction that loads a row by its id gets what is pending, and changes that")
	void loadedRowIsThePendingOne(Find find) {
		this.cache.put(1L, new Ware(1, 5));
		commit(() -> {
			Ware ware = Objects.requireNonNull(find.in(this));
			assertThat(ware.getPrice()).isEqualTo(5);
			assertThat(this.cache.pendingWrites()).isOne();
			assertThat(CompletableFuture.supplyAsync(() -> price(1)).join()).isOne();
			ware.setStock(7);
		});
		assertThat(this.cache.pendingWrites()).isZero();
		assertThat(this.jdbc.queryForMap("select price, stock from ware where id = 1")).containsEntry("price", 5)
			.containsEntry("stock", 7);
		assertThat(Objects.requireNonNull(this.cache.get(1L, Ware.class)).getStock()).isEqualTo(7);
		flushed();
	}

	@Test
	@DisplayName("W7: with a version, which own later writes know of")
	void loadedRowWithVersionIsThePendingOne() {
		Machine machine = Objects.requireNonNull(this.machines.get(1L, Machine.class));
		machine.setPrice(5);
		this.machines.put(1L, machine);
		commit(() -> assertThat(this.manager.find(Machine.class, 1L).getPrice()).isEqualTo(5));
		assertThat(this.jdbc.queryForMap("select price, version from machine")).containsEntry("price", 5)
			.containsEntry("version", 1L);
		machine.setPrice(6);
		this.machines.put(1L, machine);
		assertThat(this.machines.flush(TIMEOUT).written()).isOne();
		assertThat(this.machines.deadLetters()).isEmpty();
		assertThat(this.jdbc.queryForMap("select price, version from machine")).containsEntry("price", 6)
			.containsEntry("version", 2L);
	}

	@Test
	@DisplayName("W7: what was only read is settled by the commit")
	void commitSettles() {
		this.cache.put(1L, new Ware(1, 5));
		this.cache.put(4L, new Ware(4, 4));
		commit(() -> {
			this.manager.find(Ware.class, 1L);
			this.manager.find(Ware.class, 4L);
		});
		assertThat(this.cache.pendingWrites()).isZero();
		assertThat(price(1)).isEqualTo(5);
		assertThat(price(4)).isEqualTo(4);
		this.jdbc.update("update ware set price = 9");
		assertThat(this.cache.get(1L, Ware.class)).hasToString("5[]");
		flushed();
		assertThat(price(1)).isEqualTo(9);
	}

	@Test
	@DisplayName("W7: a pending removal is seen as well")
	void pendingRemovalIsSeen() {
		this.cache.remove(1L);
		commit(() -> {
			assertThat(this.wares.findById(1L)).isEmpty();
			this.manager.persist(new Ware(1, 8));
		});
		assertThat(this.cache.pendingWrites()).isZero();
		assertThat(price(1)).isEqualTo(8);
		assertThat(this.cache.get(1L, Ware.class)).hasToString("8[]");
		flushed();
	}

	@Test
	@DisplayName("W7: after a rollback the write is pending again")
	void rollbackLeavesItPending() {
		this.cache.put(1L, new Ware(1, 5));
		this.transaction.executeWithoutResult((status) -> {
			this.wares.findById(1L).orElseThrow().setPrice(7);
			this.manager.flush();
			status.setRollbackOnly();
		});
		assertThat(this.cache.get(1L, Ware.class)).hasToString("5[]");
		flushed();
		assertThat(price(1)).isEqualTo(5);
	}

	@Test
	@DisplayName("W7: a write that is accepted meanwhile is stored after it")
	void laterWriteIsStoredAfterIt() {
		this.cache.put(1L, new Ware(1, 5));
		commit(() -> {
			this.manager.find(Ware.class, 1L);
			CompletableFuture.runAsync(() -> this.cache.put(1L, new Ware(1, 6))).join();
		});
		assertThat(this.cache.get(1L, Ware.class)).hasToString("6[]");
		flushed();
		assertThat(price(1)).isEqualTo(6);
	}

	@Test
	@DisplayName("W7: a pending write that the database refuses does not fail who reads the row")
	void refusedRowDoesNotFailItsReader() {
		this.jdbc.execute("alter table ware add constraint cheap check (price < 100)");
		this.cache.put(1L, new Ware(1, 500));
		commit(() -> {
			this.manager.find(Ware.class, 2L).setStock(7);
			assertThat(this.manager.find(Ware.class, 1L).getPrice()).isOne();
			this.manager.find(Ware.class, 3L).setStock(7);
		});
		assertThat(this.jdbc.queryForObject("select sum(stock) from ware", Integer.class)).isEqualTo(15);
		assertThat(this.cache.pendingWrites()).isOne();
		this.cache.flush(TIMEOUT);
		assertThat(this.cache.deadLetters()).hasSize(1);
	}

	static Stream<Bulk> bulks() {
		return Stream.of(
				new Bulk(
						(test) -> test.manager.createQuery("update Ware set stock = 9 where price = 5").executeUpdate(),
						Arrays.asList(5, 6, 7)),
				new Bulk((test) -> test.manager.createQuery("delete from Ware where price = 5").executeUpdate(),
						Arrays.asList(null, 6, 7)),
				new Bulk((test) -> test.manager.createNativeQuery("update ware set price = price + 1").executeUpdate(),
						List.of(6, 7, 8)),
				new Bulk((test) -> test.wares.deleteAllInBatch(), Arrays.asList(null, null, null)),
				new Bulk((test) -> test.manager.createNativeQuery("delete from ware where price = 5 returning id")
					.getResultList(), Arrays.asList(null, 6, 7)),
				new Bulk((test) -> test.manager
					.createNativeQuery("with d as (delete from ware where price = 5 returning id) select id from d")
					.getResultList(), Arrays.asList(null, 6, 7)));
	}

	@ParameterizedTest
	@MethodSource("bulks")
	@DisplayName("W7: a bulk statement changes what is pending, which does not come back")
	void bulkStatementSeesWhatIsPending(Bulk bulk) {
		for (long id = 1; id <= 3; id++) {
			this.cache.put(id, new Ware(id, (int) id + 4));
		}
		commit(() -> bulk.statement().accept(this));
		assertThat(this.cache.pendingWrites()).isZero();
		flushed();
		assertThat(Stream.of(1L, 2L, 3L).map(this::price)).containsExactlyElementsOf(bulk.prices());
		assertThat(Stream.of(1L, 2L, 3L)
			.map((id) -> this.cache.get(id, Ware.class))
			.map((ware) -> (ware != null) ? ware.getPrice() : null)).containsExactlyElementsOf(bulk.prices());
	}

	@Test
	@DisplayName("W7: a row that could not be stored before a bulk statement is in conflict with it")
	void refusedRowIsInConflictWithBulkStatement() {
		this.jdbc.execute("alter table ware add constraint cheap check (price < 100)");
		this.cache.put(1L, new Ware(1, 500));
		this.cache.put(2L, new Ware(2, 5));
		this.cache.put(3L, new Ware(3, 6));
		commit(() -> this.manager.createQuery("update Ware set stock = 9").executeUpdate());
		assertThat(this.cache.pendingWrites()).isOne();
		this.cache.flush(TIMEOUT);
		assertThat(this.cache.deadLetters()).extracting((letter) -> letter.key()).containsExactly(1L);
		assertThat(Stream.of(1L, 2L, 3L).map(this::price)).containsExactly(1, 5, 6);
		assertThat(this.jdbc.queryForObject("select sum(stock) from ware", Integer.class)).isEqualTo(27);
	}

	@Test
	@DisplayName("W7: what is pending is not stored over what another transaction has made of it")
	void pendingWriteIsNotStoredOverAnotherTransaction() {
		this.cache.put(1L, new Ware(1, 5));
		CompletableFuture<Integer> other = new CompletableFuture<>();
		commit(() -> {
			Ware ware = this.wares.findById(1L).orElseThrow();
			ware.setPrice(9);
			other.completeAsync(() -> Objects
				.requireNonNull(this.transaction.execute((status) -> this.manager.find(Ware.class, 1L).getPrice())));
			await().until(() -> Objects.requireNonNull(this.jdbc.queryForObject(
					"select count(*) from pg_stat_activity where wait_event_type = 'Lock'", Long.class)) > 0);
		});
		assertThat(other.join()).isEqualTo(9);
		assertThat(this.cache.get(1L, Ware.class)).hasToString("9[]");
		flushed();
		assertThat(price(1)).isEqualTo(9);
	}

	@Test
	@DisplayName("W7: a transaction that fails for its own reasons leaves what is pending")
	void failedTransactionLeavesItPending() {
		this.jdbc.execute("alter table ware add constraint cheap check (price < 100)");
		this.cache.put(1L, new Ware(1, 5));
		assertThatExceptionOfType(DataIntegrityViolationException.class)
			.isThrownBy(() -> commit(() -> this.wares.findById(1L).orElseThrow().setPrice(500)));
		assertThat(this.cache.get(1L, Ware.class)).hasToString("5[]");
		flushed();
		assertThat(price(1)).isEqualTo(5);
	}

	@Test
	@DisplayName("W7: other caches of the entity are told when the transaction commits")
	void otherCachesAreTold() {
		PolicyCache other = cache("write-through");
		assertThat(other.get(1L, Ware.class)).hasToString("1[]");
		this.cache.put(1L, new Ware(1, 5));
		commit(() -> {
			this.manager.find(Ware.class, 1L);
			assertThat(CompletableFuture.supplyAsync(() -> String.valueOf(other.get(1L, Ware.class))).join())
				.isEqualTo("1[]");
		});
		assertThat(other.get(1L, Ware.class)).hasToString("5[]");
	}

	@Test
	@DisplayName("W7: a read-only transaction, and one that has the row already, leave it to the flush")
	void whatCannotBeStoredIsLeft() {
		TransactionTemplate readOnly = new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class));
		readOnly.setReadOnly(true);
		this.cache.put(1L, new Ware(1, 5));
		readOnly.executeWithoutResult((status) -> assertThat(this.manager.find(Ware.class, 1L).getPrice()).isOne());
		commit(() -> {
			this.manager.find(Ware.class, 2L);
			CompletableFuture.runAsync(() -> this.cache.put(2L, new Ware(2, 6))).join();
			assertThat(this.manager.find(Ware.class, 2L).getPrice()).isOne();
		});
		assertThat(this.cache.pendingWrites()).isEqualTo(2);
		flushed();
	}

	@Test
	@DisplayName("W7: a query that finds nothing pending is not counted")
	void queriesAreCounted() {
		ManagedPolicyCache counted = (ManagedPolicyCache) this.cache;
		long before = counted.getStaleQueries();
		this.wares.findAll();
		assertThat(counted.getStaleQueries()).isEqualTo(before);
		this.cache.put(1L, new Ware(1, 5));
		this.manager.createQuery("from Machine").getResultList();
		this.wares.findById(2L);
		assertThat(counted.getStaleQueries()).isEqualTo(before);
		this.wares.findAll();
		this.manager.createNativeQuery("select count(*) from public.\"ware\" w").getResultList();
		assertThat(counted.getStaleQueries()).isEqualTo(before + 2);
	}

	/**
	 * A look-up by id.
	 */
	@FunctionalInterface
	interface Find {

		@Nullable Ware in(PendingReadTests test);

	}

	/**
	 * A statement, after which wares 1 to 3 have some prices, {@code null} for none.
	 */
	record Bulk(Consumer<PendingReadTests> statement, List<@Nullable Integer> prices) {

	}

}
