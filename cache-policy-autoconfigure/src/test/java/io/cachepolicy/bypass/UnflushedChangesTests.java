package io.cachepolicy.bypass;

import java.time.Duration;
import java.util.Objects;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests deferred writes in transactions whose session has changes that it has not flushed
 * yet, or that it never flushes.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnflushedChangesTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private static final int MAX_PENDING = 2;

	private ConfigurableApplicationContext context;

	private TransactionTemplate transaction;

	private EntityManager manager;

	private JdbcTemplate jdbc;

	@BeforeAll
	void start() {
		this.context = BypassApplication.start("cache-policy.caches.machines.policy=write-back",
				"cache-policy.defaults.write-back.max-pending=" + MAX_PENDING,
				"cache-policy.defaults.write-back.overflow=write-through",
				"cache-policy.defaults.write-back.retry.max-attempts=100000",
				"cache-policy.defaults.write-back.retry.max-interval=50ms", "logging.level.io.cachepolicy=off");
		this.transaction = new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class));
		this.manager = SharedEntityManagerCreator
			.createSharedEntityManager(this.context.getBean(EntityManagerFactory.class));
		this.jdbc = this.context.getBean(JdbcTemplate.class);
	}

	@AfterAll
	void stop() {
		this.context.close();
	}

	@BeforeEach
	void clean() {
		flush();
		this.jdbc.execute("truncate table ware, ware_tags, crate, machine, robot cascade");
		this.jdbc.execute("insert into ware (id, price, stock) values (1, 1, 0), (2, 1, 0)");
		this.jdbc.execute("insert into machine (id, price, version) values (1, 1, 0)");
		this.context.getBean(PolicyCacheManager.class).invalidate(Ware.class);
		this.context.getBean(PolicyCacheManager.class).invalidate(Machine.class);
	}

	@ParameterizedTest
	@CsvSource({ "0, false", "0, true", "1, false", "1, true" })
	@DisplayName("W1: a put of what JPA has removed before stores it again")
	void putAfterARemovalByJpaCounts(int room, boolean flushed) {
		fill(MAX_PENDING - room);
		this.transaction.executeWithoutResult((status) -> {
			this.manager.remove(this.manager.find(Ware.class, 1L));
			if (flushed) {
				this.manager.flush();
			}
			wares().put(1L, new Ware(1, 5));
		});
		flush();
		assertThat(priceOf("ware", 1)).isEqualTo(5);
		assertThat(Objects.requireNonNull(wares().get(1L, Ware.class)).getPrice()).isEqualTo(5);
	}

	@ParameterizedTest
	@CsvSource({ "0, false", "0, true", "1, false", "1, true" })
	@DisplayName("W1: a put of what JPA has removed before stores it again, whatever its version")
	void putAfterARemovalOfAVersionCounts(int room, boolean flushed) {
		fill(MAX_PENDING - room);
		Machine copy = Objects.requireNonNull(machines().get(1L, Machine.class));
		this.transaction.executeWithoutResult((status) -> {
			this.manager.remove(this.manager.find(Machine.class, 1L));
			if (flushed) {
				this.manager.flush();
			}
			copy.setPrice(5);
			machines().put(1L, copy);
		});
		flush();
		assertThat(priceOf("machine", 1)).isEqualTo(5);
		assertThat(Objects.requireNonNull(machines().get(1L, Machine.class)).getPrice()).isEqualTo(5);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	@DisplayName("W1: a change of a managed instance counts that is flushed with an earlier write of another row")
	void changeThatIsFlushedWithOthersCounts(int room) {
		fill(MAX_PENDING - room);
		this.transaction.executeWithoutResult((status) -> {
			wares().put(2L, new Ware(2, 4));
			wares().put(1L, new Ware(1, 5));
			this.manager.find(Ware.class, 1L).setPrice(6);
		});
		flush();
		assertThat(priceOf("ware", 1)).isEqualTo(6);
		assertThat(priceOf("ware", 2)).isEqualTo(4);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1 })
	@DisplayName("W1: a write counts where the session does not flush, and brings no other change with it")
	void writeBringsNoChangesOfAManualSession(int room) {
		fill(MAX_PENDING - room);
		this.transaction.executeWithoutResult((status) -> {
			this.manager.unwrap(Session.class).setHibernateFlushMode(FlushMode.MANUAL);
			this.manager.find(Ware.class, 1L).setPrice(7);
			this.manager.find(Ware.class, 2L).setPrice(7);
			wares().put(2L, new Ware(2, 5));
			assertThat(Objects.requireNonNull(wares().get(2L, Ware.class)).getPrice()).isEqualTo(5);
		});
		flush();
		assertThat(priceOf("ware", 1)).isOne();
		assertThat(priceOf("ware", 2)).isEqualTo(5);
		assertThat(Objects.requireNonNull(wares().get(2L, Ware.class)).getPrice()).isEqualTo(5);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1 })
	@DisplayName("W1: what a session flushes when it is told to counts as a later change")
	void changeThatAManualSessionFlushesCounts(int room) {
		fill(MAX_PENDING - room);
		this.transaction.executeWithoutResult((status) -> {
			this.manager.unwrap(Session.class).setHibernateFlushMode(FlushMode.MANUAL);
			wares().put(1L, new Ware(1, 5));
			this.manager.find(Ware.class, 1L).setPrice(7);
			this.manager.flush();
		});
		flush();
		assertThat(priceOf("ware", 1)).isEqualTo(7);
	}

	/**
	 * Let writes be pending that the database refuses.
	 */
	private void fill(int count) {
		this.jdbc.execute("alter table ware add constraint cheap check (price < 100)");
		this.jdbc.execute("alter table machine add constraint cheap check (price < 100)");
		for (long id = 100; id < 100 + count; id++) {
			wares().put(id, new Ware(id, 500));
			machines().put(id, new Machine(id, 500));
		}
	}

	private void flush() {
		this.jdbc.execute("alter table ware drop constraint if exists cheap");
		this.jdbc.execute("alter table machine drop constraint if exists cheap");
		assertThat(this.context.getBean(PolicyCacheManager.class).flush(TIMEOUT).remaining()).isZero();
		for (PolicyCache cache : new PolicyCache[] { wares(), machines() }) {
			cache.deadLetters().forEach(cache::discard);
		}
	}

	private Integer priceOf(String table, long id) {
		return this.jdbc.queryForObject("select price from " + table + " where id = ?", Integer.class, id);
	}

	private PolicyCache wares() {
		return cache("write-back");
	}

	private PolicyCache machines() {
		return cache("machines");
	}

	private PolicyCache cache(String name) {
		return Objects.requireNonNull(this.context.getBean(PolicyCacheManager.class).getCache(name));
	}

}
