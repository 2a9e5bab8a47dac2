package io.cachepolicy.repository;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.Hibernate;
import org.hibernate.SessionFactory;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Base for tests of annotated repositories, under one policy.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractRepositoryTests {

	private final String policy;

	private ConfigurableApplicationContext context;

	private GaugeRepository gauges;

	private TicketRepository tickets;

	private JdbcTemplate jdbc;

	private Statistics statistics;

	private TransactionTemplate transaction;

	private TransactionTemplate readOnly;

	private EntityManager manager;

	AbstractRepositoryTests(String policy) {
		this.policy = policy;
	}

	@BeforeAll
	void start() {
		this.context = RepositoryApplication.start("cache-policy.defaults.policy=" + this.policy);
		this.gauges = this.context.getBean(GaugeRepository.class);
		this.tickets = this.context.getBean(TicketRepository.class);
		this.jdbc = this.context.getBean(JdbcTemplate.class);
		EntityManagerFactory factory = this.context.getBean(EntityManagerFactory.class);
		this.statistics = factory.unwrap(SessionFactory.class).getStatistics();
		this.manager = SharedEntityManagerCreator.createSharedEntityManager(factory);
		this.transaction = new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class));
		this.readOnly = new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class));
		this.readOnly.setReadOnly(true);
	}

	@AfterAll
	void stop() {
		this.context.close();
	}

	@BeforeEach
	void clean() {
		flush();
		this.jdbc.execute("truncate table gauge, ticket");
		this.jdbc.execute("insert into gauge (id, version, label, reading) "
				+ "select id, 0, 'gauge ' || id, 1 from generate_series(1, 20) id");
		this.context.getBean(PolicyCacheManager.class).invalidate(Gauge.class);
		this.context.getBean(PolicyCacheManager.class).invalidate(Ticket.class);
		this.statistics.clear();
	}

	void flush() {
		this.context.getBean(PolicyCacheManager.class).flush(Duration.ofSeconds(30));
	}

	PolicyCache cache() {
		return Objects.requireNonNull(this.context.getBean(PolicyCacheManager.class).getCache("gauges"));
	}

	private boolean isDeferring() {
		return this.policy.equals("write-back");
	}

	private boolean isCachingWrites() {
		return !this.policy.equals("write-around");
	}

	private long statements() {
		long count = this.statistics.getPrepareStatementCount();
		this.statistics.clear();
		return count;
	}

	private int row(long id) {
		List<Integer> found = this.jdbc.queryForList("select reading from gauge where id = ?", Integer.class, id);
		return found.isEmpty() ? -1 : found.get(0);
	}

	private int read(long id) {
		return this.gauges.findById(id).map(Gauge::getReading).orElse(-1);
	}

	@Test
	@DisplayName("reads by id outside of transactions are those of the cache")
	void readsAreCached() {
		assertThat(read(1)).isOne();
		assertThat(statements()).isOne();
		assertThat(read(1)).isOne();
		assertThat(this.gauges.existsById(1L)).isTrue();
		assertThat(this.gauges.readingOf(1)).isOne();
		assertThat(statements()).isZero();
		assertThat(this.gauges.findAllById(LongStream.rangeClosed(1, 21).boxed().toList())).hasSize(20);
		assertThat(statements()).isOne();
		assertThat(this.gauges.findAllById(List.of(3L, 2L, 3L))).extracting(Gauge::getId).containsExactly(3L, 2L);
		assertThat(statements()).isZero();
		assertThat(this.gauges.existsById(21L)).isFalse();
		assertThat(statements()).isOne();
	}

	@Test
	@DisplayName("what a reader changes outside of a transaction changes nothing")
	void cachedInstanceIsACopy() {
		this.gauges.findById(1L).orElseThrow().setReading(7);
		assertThat(read(1)).isOne();
		assertThat(row(1)).isOne();
	}

	@Test
	@DisplayName("outside of transactions a save follows the policy")
	void saveFollowsPolicy() {
		Gauge gauge = this.gauges.findById(1L).orElseThrow();
		gauge.setReading(2);
		Gauge saved = this.gauges.save(gauge);
		assertThat(row(1)).isEqualTo(isDeferring() ? 1 : 2);
		assertThat(saved.getReading()).isEqualTo(2);
		assertThat(saved.getVersion()).isEqualTo(isDeferring() ? 0 : 1);
		statements();
		assertThat(read(1)).isEqualTo(2);
		assertThat(statements()).isEqualTo(isCachingWrites() ? 0 : 1);
		flush();
		assertThat(row(1)).isEqualTo(2);
		Gauge again = this.gauges.findById(1L).orElseThrow();
		again.setReading(3);
		this.gauges.save(again);
		flush();
		assertThat(row(1)).isEqualTo(3);
		assertThat(cache().deadLetters()).isEmpty();
	}

	@Test
	@DisplayName("saveAndFlush and saveAllAndFlush store at once under every policy")
	void saveAndFlushStores() {
		Gauge gauge = this.gauges.findById(1L).orElseThrow();
		gauge.setReading(2);
		assertThat(this.gauges.saveAndFlush(gauge).getVersion()).isEqualTo(1);
		assertThat(row(1)).isEqualTo(2);
		assertThat(read(1)).isEqualTo(2);
		this.gauges.saveAllAndFlush(List.of(new Gauge(31, 5), new Gauge(32, 6)));
		assertThat(row(32)).isEqualTo(6);
		assertThat(read(32)).isEqualTo(6);
	}

	@Test
	@DisplayName("saveAll keeps the order and stores all or nothing where it stores")
	void saveAllIsAtomic() {
		assertThat(this.gauges.saveAll(List.of(new Gauge(32, 1), new Gauge(31, 2)))).extracting(Gauge::getId)
			.containsExactly(32L, 31L);
		flush();
		assertThat(row(31)).isEqualTo(2);
		if (!isDeferring()) {
			Gauge bad = new Gauge(34, 1);
			bad.setLabel("gauge 1");
			assertThatExceptionOfType(DataIntegrityViolationException.class)
				.isThrownBy(() -> this.gauges.saveAll(List.of(new Gauge(33, 1), bad)));
			assertThat(row(33)).isEqualTo(-1);
			assertThat(read(33)).isEqualTo(-1);
		}
	}

	@Test
	@DisplayName("deletes follow the policy, and what is deleted reads as absent at once")
	void deletesFollowPolicy() {
		read(1);
		this.gauges.deleteById(1L);
		this.gauges.delete(this.gauges.findById(2L).orElseThrow());
		this.gauges.deleteAllById(List.of(3L, 4L));
		this.gauges.deleteAll(this.gauges.findAllById(List.of(5L, 6L)));
		for (long id = 1; id <= 6; id++) {
			assertThat(read(id)).isEqualTo(-1);
			assertThat(row(id)).isEqualTo(isDeferring() ? 1 : -1);
		}
		assertThat(this.gauges.existsById(1L)).isFalse();
		flush();
		for (long id = 1; id <= 6; id++) {
			assertThat(row(id)).isEqualTo(-1);
		}
		this.gauges.deleteById(99L);
		flush();
	}

	@Test
	@DisplayName("the delete of an outdated instance is a conflict where it is not deferred")
	void deleteOfOutdatedInstanceFails() {
		Gauge outdated = this.gauges.findById(1L).orElseThrow();
		Gauge current = this.gauges.findById(1L).orElseThrow();
		current.setReading(2);
		this.gauges.saveAndFlush(current);
		if (!isDeferring()) {
			assertThatExceptionOfType(OptimisticLockingFailureException.class)
				.isThrownBy(() -> this.gauges.delete(outdated));
			assertThat(read(1)).isEqualTo(2);
		}
	}

	@Test
	@DisplayName("in a transaction that can write, what is read is managed")
	void readIsManagedInTransaction() {
		read(1);
		this.transaction.executeWithoutResult((status) -> {
			Gauge gauge = this.gauges.findById(1L).orElseThrow();
			assertThat(this.manager.contains(gauge)).isTrue();
			gauge.setReading(8);
		});
		assertThat(row(1)).isEqualTo(8);
		assertThat(read(1)).isEqualTo(8);
	}

	@Test
	@DisplayName("in a transaction that can write, saves join it, are sent with it, and are cached after it")
	void savesJoinTransaction() {
		this.transaction.executeWithoutResult((status) -> {
			List<Gauge> all = this.gauges.findAllById(LongStream.rangeClosed(1, 20).boxed().toList());
			assertThat(statements()).isOne();
			for (Gauge gauge : all) {
				gauge.setReading(5);
				assertThat(this.manager.contains(this.gauges.save(gauge))).isTrue();
			}
			assertThat(statements()).as("nothing is sent before the commit").isZero();
			assertThat(this.context.getBean(PolicyCacheManager.class).getCache("gauges").get(1L, Gauge.class))
				.extracting(Gauge::getReading)
				.isEqualTo(5);
		});
		assertThat(row(20)).isEqualTo(5);
		statements();
		for (long id = 1; id <= 20; id++) {
			assertThat(read(id)).isEqualTo(5);
			assertThat(this.gauges.findById(id).map(Gauge::getVersion)).contains(1L);
		}
		assertThat(statements()).isEqualTo(isCachingWrites() ? 0 : 20);
		assertThat(cache().pendingWrites()).isZero();
	}

	@Test
	@DisplayName("what a transaction changes after a save is what is cached")
	void changeAfterSaveIsCached() {
		this.transaction.executeWithoutResult((status) -> {
			Gauge gauge = this.gauges.findById(1L).orElseThrow();
			gauge.setReading(5);
			this.gauges.save(gauge);
			gauge.setReading(6);
		});
		assertThat(row(1)).isEqualTo(6);
		assertThat(read(1)).isEqualTo(6);
	}

	@Test
	@DisplayName("a save that the transaction lets go of is neither stored nor cached")
	void saveThatIsLetGoIsNotCached() {
		read(1);
		this.transaction.executeWithoutResult((status) -> {
			Gauge gauge = this.gauges.findById(1L).orElseThrow();
			gauge.setReading(5);
			this.gauges.save(gauge);
			this.manager.clear();
		});
		assertThat(row(1)).isOne();
		assertThat(read(1)).isOne();
	}

	@Test
	@DisplayName("a save and a delete of one row in a transaction, in both orders")
	void saveAndDeleteInTransaction() {
		this.transaction.executeWithoutResult((status) -> {
			Gauge gauge = this.gauges.findById(1L).orElseThrow();
			gauge.setReading(5);
			this.gauges.save(gauge);
			this.gauges.delete(gauge);
			assertThat(this.gauges.existsById(1L)).isFalse();
		});
		assertThat(row(1)).isEqualTo(-1);
		assertThat(read(1)).isEqualTo(-1);
		this.transaction.executeWithoutResult((status) -> {
			this.gauges.deleteById(2L);
			this.gauges.flush();
			this.gauges.save(new Gauge(2, 9));
		});
		assertThat(row(2)).isEqualTo(9);
		assertThat(read(2)).isEqualTo(9);
	}

	@Test
	@DisplayName("nothing is left of a transaction that rolls back")
	void rollbackLeavesNothing() {
		read(1);
		this.transaction.executeWithoutResult((status) -> {
			Gauge gauge = this.gauges.findById(1L).orElseThrow();
			gauge.setReading(5);
			this.gauges.save(gauge);
			this.gauges.deleteById(2L);
			this.gauges.save(new Gauge(31, 5));
			status.setRollbackOnly();
		});
		assertThat(read(1)).isOne();
		assertThat(read(2)).isOne();
		assertThat(read(31)).isEqualTo(-1);
	}

	@Test
	@DisplayName("what is pending is seen and replaced in a transaction")
	void transactionSeesPendingWrite() {
		Gauge gauge = this.gauges.findById(1L).orElseThrow();
		gauge.setReading(2);
		this.gauges.save(gauge);
		this.transaction.executeWithoutResult((status) -> {
			Gauge managed = this.gauges.findById(1L).orElseThrow();
			assertThat(managed.getReading()).isEqualTo(2);
			managed.setReading(managed.getReading() + 1);
			this.gauges.save(managed);
		});
		flush();
		assertThat(row(1)).isEqualTo(3);
		assertThat(read(1)).isEqualTo(3);
		assertThat(cache().deadLetters()).isEmpty();
	}

	@Test
	@DisplayName("a read-only transaction reads the repository")
	void readOnlyTransactionReadsRepository() {
		read(1);
		this.readOnly.executeWithoutResult((status) -> {
			assertThat(this.manager.contains(this.gauges.findById(1L).orElseThrow())).isTrue();
			this.gauges.save(new Gauge(31, 5));
		});
		assertThat(row(31)).isEqualTo(-1);
		assertThat(read(31)).isEqualTo(-1);
	}

	@Test
	@DisplayName("queries, locks and everything else ask the store, and see what was stored")
	void otherMethodsAreNotCached() {
		read(1);
		statements();
		assertThat(this.gauges.findByLabel("gauge 1")).isPresent();
		assertThat(this.gauges.findAll()).hasSize(20);
		assertThat(this.gauges.count()).isEqualTo(20);
		assertThat(statements()).isEqualTo(3);
		this.transaction.executeWithoutResult((status) -> assertThat(this.gauges.findLocked(1)).isPresent());
		assertThat(statements()).isOne();
		assertThat(Hibernate.isInitialized(this.gauges.getReferenceById(1L))).isFalse();
		this.gauges.deleteAllInBatch();
		assertThat(read(1)).isEqualTo(-1);
	}

	@Test
	@DisplayName("a repository that is no CrudRepository, with methods of its own choice")
	void declaredMethodsAreCached() {
		Ticket ticket = new Ticket("first");
		this.tickets.save(ticket);
		Long id = Objects.requireNonNull(ticket.getId());
		assertThat(this.tickets.count()).isOne();
		statements();
		assertThat(this.tickets.findById(id)).isNotNull();
		assertThat(statements()).isEqualTo(isCachingWrites() ? 0 : 1);
		assertThat(this.tickets.findById(id)).isNotNull().extracting(Ticket::getSubject).isEqualTo("first");
		assertThat(statements()).isZero();
		this.transaction.executeWithoutResult((status) -> this.tickets.existsById(id));
		assertThat(statements()).as("declared with a lock").isOne();
		Ticket found = Objects.requireNonNull(this.tickets.findById(id));
		found.setSubject("second");
		this.tickets.save(found);
		assertThat(this.tickets.findById(id)).isNotNull().extracting(Ticket::getSubject).isEqualTo("second");
		flush();
		assertThat(this.jdbc.queryForList("select subject from ticket", String.class)).containsExactly("second");
		this.tickets.deleteById(id);
		assertThat(this.tickets.findById(id)).isNull();
		flush();
		assertThat(this.tickets.count()).isZero();
	}

	@Test
	@DisplayName("ids that the database generates, in a transaction and outside of one")
	void generatedIds() {
		Ticket[] saved = new Ticket[1];
		this.transaction.executeWithoutResult((status) -> {
			saved[0] = new Ticket("first");
			this.tickets.save(saved[0]);
			saved[0].setSubject("changed");
		});
		Long id = Objects.requireNonNull(saved[0].getId());
		statements();
		assertThat(this.tickets.findById(id)).isNotNull().extracting(Ticket::getSubject).isEqualTo("changed");
		assertThat(statements()).isEqualTo(isCachingWrites() ? 0 : 1);
	}

}
