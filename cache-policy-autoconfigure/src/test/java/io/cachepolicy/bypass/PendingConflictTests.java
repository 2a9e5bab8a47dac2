package io.cachepolicy.bypass;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests what becomes of pending writes whose rows are changed around the cache.
 */
class PendingConflictTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private ConfigurableApplicationContext context;

	private TransactionTemplate transaction;

	private JdbcTemplate jdbc;

	private EntityManager manager;

	private WareRepository wares;

	private PolicyCache cache;

	private PolicyCache machines;

	private void start(String onConflict) {
		this.context = BypassApplication.start("cache-policy.caches.machines.policy=write-back",
				"cache-policy.defaults.write-back.on-conflict=" + onConflict, "logging.level.io.cachepolicy=off");
		this.transaction = new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class));
		this.jdbc = this.context.getBean(JdbcTemplate.class);
		this.manager = SharedEntityManagerCreator
			.createSharedEntityManager(this.context.getBean(EntityManagerFactory.class));
		this.wares = this.context.getBean(WareRepository.class);
		PolicyCacheManager caches = this.context.getBean(PolicyCacheManager.class);
		this.cache = Objects.requireNonNull(caches.getCache("write-back"));
		this.machines = Objects.requireNonNull(caches.getCache("machines"));
		this.jdbc.execute("insert into ware (id, price, stock) values (1, 1, 1), (2, 1, 1)");
		this.jdbc.execute("insert into machine (id, version, price) values (1, 0, 1)");
		// Known to the cache, and so followed
		this.cache.get(1L, Ware.class);
		this.machines.get(1L, Machine.class);
	}

	@AfterEach
	void stop() {
		this.context.close();
	}

	private void commit(Runnable action) {
		this.transaction.executeWithoutResult((status) -> action.run());
	}

	private int price() {
		return Objects.requireNonNull(this.jdbc.queryForObject("select price from ware where id = 1", Integer.class));
	}

	/**
	 * Return a row that a query found, for which nothing is stored before.
	 * @return the managed instance
	 */
	private Ware queried() {
		return this.manager.createQuery("from Ware where id = 1", Ware.class).getSingleResult();
	}

	static Stream<Arguments> changes() {
		Consumer<PendingConflictTests> dirty = (test) -> test.queried().setStock(7);
		Consumer<PendingConflictTests> saved = (test) -> {
			Ware ware = new Ware(1, 1);
			ware.setStock(7);
			test.wares.save(ware);
		};
		return Stream.of(dirty, saved)
			.flatMap((change) -> Stream.of("dead-letter", "store-wins", "cache-wins")
				.map((onConflict) -> Arguments.of(change, onConflict)));
	}

	@ParameterizedTest
	@MethodSource("changes")
	@DisplayName("W7: a row without a version that is changed around the cache is in conflict with what is pending")
	void changedRowIsAConflict(Consumer<PendingConflictTests> change, String onConflict) {
		start(onConflict);
		this.cache.put(1L, new Ware(1, 5));
		commit(() -> change.accept(this));
		boolean winning = onConflict.equals("cache-wins");
		assertThat(this.cache.get(1L, Ware.class)).hasToString((winning) ? "5[]" : "1[]");
		FlushReport report = this.cache.flush(TIMEOUT);
		assertThat(report.remaining()).isZero();
		assertThat(price()).isEqualTo((winning) ? 5 : 1);
		assertThat(this.cache.get(1L, Ware.class)).hasToString((winning) ? "5[]" : "1[]");
		assertThat(this.cache.deadLetters()).extracting(DeadLetter::kind)
			.isEqualTo((onConflict.equals("dead-letter")) ? List.of(DeadLetter.Kind.CONFLICT) : List.of());
		assertThat(this.cache.pendingWrites()).isZero();
	}

	@Test
	@DisplayName("W7: with a version as well, and it is not read until the flush")
	void changedRowWithVersionIsAConflict() {
		start("dead-letter");
		Machine machine = Objects.requireNonNull(this.machines.get(1L, Machine.class));
		machine.setPrice(5);
		this.machines.put(1L, machine);
		commit(() -> this.manager.createQuery("from Machine", Machine.class).getSingleResult().setPrice(7));
		assertThat(Objects.requireNonNull(this.machines.get(1L, Machine.class)).getPrice()).isEqualTo(7);
		this.machines.flush(TIMEOUT);
		assertThat(this.machines.deadLetters()).hasSize(1);
		assertThat(this.jdbc.queryForObject("select price from machine", Integer.class)).isEqualTo(7);
	}

	@ParameterizedTest
	@ValueSource(strings = { "dead-letter", "store-wins", "cache-wins" })
	@DisplayName("W7: a delete around the cache drops a waiting put: the row does not come back")
	void deletedRowDoesNotComeBack(String onConflict) {
		start(onConflict);
		this.cache.put(1L, new Ware(1, 5));
		this.wares.deleteById(1L);
		assertThat(this.cache.get(1L, Ware.class)).isNull();
		assertThat(this.cache.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.wares.existsById(1L)).isFalse();
		assertThat(this.cache.deadLetters()).isEmpty();
		assertThat(this.cache.pendingWrites()).isZero();
	}

	@Test
	@DisplayName("W7: a change of a row whose removal is pending is in conflict with it")
	void changeUnderAPendingRemovalIsAConflict() {
		start("dead-letter");
		this.cache.remove(1L);
		commit(() -> queried().setStock(7));
		assertThat(this.cache.get(1L, Ware.class)).isNotNull();
		this.cache.flush(TIMEOUT);
		assertThat(this.wares.existsById(1L)).isTrue();
		assertThat(this.cache.deadLetters()).hasSize(1);
	}

	@Test
	@DisplayName("W7: after a rollback what is pending is stored as ever")
	void rollbackLeavesWhatIsPending() {
		start("dead-letter");
		this.cache.put(1L, new Ware(1, 5));
		this.transaction.executeWithoutResult((status) -> {
			this.wares.saveAndFlush(new Ware(1, 9));
			status.setRollbackOnly();
		});
		assertThat(this.cache.get(1L, Ware.class)).hasToString("5[]");
		// It is due as soon as the transaction ends, and may be stored already
		assertThat(this.cache.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.cache.deadLetters()).isEmpty();
		assertThat(price()).isEqualTo(5);
	}

	@Test
	@DisplayName("W7: a flush does not store what is pending of a row while a transaction changes it")
	void flushPassesByARowThatIsBeingChanged() {
		start("dead-letter");
		this.cache.put(1L, new Ware(1, 5));
		this.cache.put(2L, new Ware(2, 5));
		this.transaction.executeWithoutResult((status) -> {
			this.wares.saveAndFlush(new Ware(1, 9));
			FlushReport report = this.cache.flush(Duration.ofMillis(500));
			assertThat(report.written()).isOne();
			assertThat(report.remaining()).isOne();
		});
		this.cache.flush(TIMEOUT);
		assertThat(price()).isEqualTo(9);
		assertThat(this.cache.deadLetters()).extracting(DeadLetter::key).containsExactly(1L);
	}

	@Test
	@DisplayName("W7: a newer write takes the place of one that is in conflict")
	void newerWriteTakesThePlace() {
		start("dead-letter");
		this.cache.put(1L, new Ware(1, 5));
		this.transaction.executeWithoutResult((status) -> {
			this.wares.saveAndFlush(new Ware(1, 9));
			this.cache.put(1L, new Ware(1, 6));
		});
		assertThat(this.cache.get(1L, Ware.class)).hasToString("6[]");
		assertThat(this.cache.flush(TIMEOUT).remaining()).isZero();
		assertThat(price()).isEqualTo(6);
		assertThat(this.cache.deadLetters()).isEmpty();
		assertThat(this.cache.pendingWrites()).isZero();
	}

	@Test
	@DisplayName("W7: a write-back of a managed instance is no conflict with an older one")
	void managedInstanceIsNoConflict() {
		start("dead-letter");
		for (int i = 2; i < 50; i++) {
			int price = i;
			commit(() -> {
				Ware ware = this.wares.findById(1L).orElseThrow();
				ware.setPrice(price);
				this.cache.put(1L, ware);
			});
			assertThat(this.cache.get(1L, Ware.class)).hasToString(price + "[]");
		}
		this.cache.flush(TIMEOUT);
		assertThat(price()).isEqualTo(49);
		assertThat(this.cache.deadLetters()).isEmpty();
	}

}
