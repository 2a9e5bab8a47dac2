package io.cachepolicy.bypass;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.SessionFactory;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests what goes around a cache in parts of transactions, and what following it costs.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrackedTransactionsTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private ConfigurableApplicationContext context;

	private TransactionTemplate transaction;

	private TransactionTemplate nested;

	private JdbcTemplate jdbc;

	private WareRepository wares;

	private PolicyCache cache;

	@BeforeAll
	void start() {
		this.context = BypassApplication.start("spring.main.sources=io.cachepolicy.testsupport.NestedTransactions",
				"spring.jpa.properties.hibernate.generate_statistics=true",
				"cache-policy.caches.untracked.entity=" + Ware.class.getName(),
				"cache-policy.caches.untracked.policy=write-back", "cache-policy.caches.untracked.track-changes=false");
		PlatformTransactionManager manager = this.context.getBean(PlatformTransactionManager.class);
		this.transaction = new TransactionTemplate(manager);
		this.nested = new TransactionTemplate(manager);
		this.nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
		this.jdbc = this.context.getBean(JdbcTemplate.class);
		this.wares = this.context.getBean(WareRepository.class);
		this.cache = cache("write-back");
	}

	@AfterAll
	void stop() {
		this.context.close();
	}

	@BeforeEach
	void clean() {
		this.cache.flush(TIMEOUT);
		this.jdbc.execute("truncate table ware, ware_tags");
		this.jdbc.execute("insert into ware (id, price, stock) values (1, 1, 1), (2, 1, 1)");
		this.context.getBean(PolicyCacheManager.class).invalidate(Ware.class);
		this.cache.get(1L, Ware.class);
	}

	private PolicyCache cache(String name) {
		return Objects.requireNonNull(this.context.getBean(PolicyCacheManager.class).getCache(name));
	}

	private String read(long id) {
		return String.valueOf(this.cache.get(id, Ware.class));
	}

	private String readByOther(long id) {
		return CompletableFuture.supplyAsync(() -> read(id)).join();
	}

	@Test
	@DisplayName("R6: what a rollback to a savepoint takes back is not seen, what was changed before is")
	void savepointIsFollowed() {
		read(2);
		this.transaction.executeWithoutResult((status) -> {
			this.wares.saveAndFlush(new Ware(1, 3));
			this.nested.executeWithoutResult((inner) -> {
				this.wares.saveAndFlush(new Ware(2, 4));
				assertThat(read(2)).isEqualTo("4[]");
				inner.setRollbackOnly();
			});
			assertThat(read(1)).isEqualTo("3[]");
			assertThat(readByOther(1)).isEqualTo("1[]");
			assertThat(readByOther(2)).isEqualTo("1[]");
		});
		assertThat(readByOther(1)).isEqualTo("3[]");
		assertThat(readByOther(2)).isEqualTo("1[]");
	}

	@Test
	@DisplayName("W7: a rollback to a savepoint takes back what was stored before a row was read")
	void savepointTakesBackWhatWasStored() {
		this.cache.put(1L, new Ware(1, 5));
		this.cache.put(2L, new Ware(2, 6));
		this.transaction.executeWithoutResult((status) -> {
			assertThat(this.wares.findById(1L).orElseThrow().getPrice()).isEqualTo(5);
			this.nested.executeWithoutResult((inner) -> {
				assertThat(this.wares.findById(2L).orElseThrow().getPrice()).isEqualTo(6);
				inner.setRollbackOnly();
			});
			assertThat(read(2)).isEqualTo("6[]");
		});
		assertThat(this.jdbc.queryForObject("select price from ware where id = 1", Integer.class)).isEqualTo(5);
		assertThat(readByOther(2)).isEqualTo("6[]");
		assertThat(this.cache.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.cache.deadLetters()).isEmpty();
		assertThat(this.jdbc.queryForObject("select price from ware where id = 2", Integer.class)).isEqualTo(6);
	}

	@Test
	@DisplayName("R6: own writes evict nothing, and are batched as without it")
	void ownWritesAreBatchedAsEver() {
		PolicyCache untracked = cache("untracked");
		untracked.get(1L, Ware.class);
		flush(untracked, 100);
		flush(this.cache, 200);
		assertThat(flush(this.cache, 300)).isEqualTo(flush(untracked, 400));
		long loads = statistics().getEntityLoadCount();
		for (long id = 300; id < 330; id++) {
			assertThat(read(id)).isEqualTo("7[]");
		}
		assertThat(statistics().getEntityLoadCount()).isEqualTo(loads);
	}

	private long flush(PolicyCache cache, long first) {
		for (long id = first; id < first + 30; id++) {
			cache.put(id, new Ware(id, 7));
		}
		long before = statistics().getPrepareStatementCount();
		assertThat(cache.flush(TIMEOUT).written()).isEqualTo(30);
		return statistics().getPrepareStatementCount() - before;
	}

	private Statistics statistics() {
		return this.context.getBean(EntityManagerFactory.class).unwrap(SessionFactory.class).getStatistics();
	}

}
