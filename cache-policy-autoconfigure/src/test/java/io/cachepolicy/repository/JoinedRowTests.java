package io.cachepolicy.repository;

import java.time.Duration;
import java.util.Objects;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests transactions that save a row by an annotated repository, and go on to change it
 * by the cache and by JPA.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JoinedRowTests {

	private static final int MAX_PENDING = 2;

	private ConfigurableApplicationContext context;

	private GaugeRepository gauges;

	private JdbcTemplate jdbc;

	private TransactionTemplate transaction;

	@BeforeAll
	void start() {
		this.context = RepositoryApplication.start("cache-policy.defaults.policy=write-back",
				"cache-policy.defaults.write-back.max-pending=" + MAX_PENDING,
				"cache-policy.defaults.write-back.overflow=write-through",
				"cache-policy.defaults.write-back.retry.max-attempts=100000",
				"cache-policy.defaults.write-back.retry.max-interval=50ms", "logging.level.io.cachepolicy=off");
		this.gauges = this.context.getBean(GaugeRepository.class);
		this.jdbc = this.context.getBean(JdbcTemplate.class);
		this.transaction = new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class));
	}

	@AfterAll
	void stop() {
		this.context.close();
	}

	@BeforeEach
	void clean() {
		flush();
		this.jdbc.execute("truncate table gauge");
		this.jdbc.execute("insert into gauge (id, version, label, reading) values (1, 0, 'gauge 1', 1)");
		this.context.getBean(PolicyCacheManager.class).invalidate(Gauge.class);
	}

	@ParameterizedTest
	@CsvSource({ "0, false", "1, false", "0, true", "1, true" })
	@DisplayName("W1: a change of the managed instance counts after a save of it and a deferred write of its row")
	void changeAfterADeferredWriteCounts(int room, boolean removed) {
		fill(MAX_PENDING - room);
		this.transaction.executeWithoutResult((status) -> {
			Gauge managed = this.gauges.findById(1L).orElseThrow();
			managed.setReading(3);
			this.gauges.save(managed);
			this.gauges.flush();
			if (removed) {
				cache().remove(1L);
			}
			else {
				cache().put(1L, new Gauge(1, 5));
			}
			managed.setReading(7);
		});
		flush();
		assertThat(reading()).isEqualTo(7);
		assertThat(Objects.requireNonNull(cache().get(1L, Gauge.class)).getReading()).isEqualTo(7);
	}

	@ParameterizedTest
	@CsvSource({ "0, false", "1, false", "0, true", "1, true" })
	@DisplayName("W1: a save counts after a deferred write of its row, and is cached")
	void saveAfterADeferredWriteCounts(int room, boolean flushed) {
		fill(MAX_PENDING - room);
		this.transaction.executeWithoutResult((status) -> {
			Gauge managed = this.gauges.findById(1L).orElseThrow();
			cache().put(1L, new Gauge(1, 5));
			managed.setReading(7);
			this.gauges.save(managed);
			if (flushed) {
				this.gauges.flush();
			}
		});
		flush();
		assertThat(reading()).isEqualTo(7);
		assertThat(Objects.requireNonNull(cache().get(1L, Gauge.class)).getReading()).isEqualTo(7);
	}

	/**
	 * Let writes be pending that the database refuses.
	 */
	private void fill(int count) {
		this.jdbc.execute("alter table gauge add constraint low check (reading < 100)");
		for (long id = 100; id < 100 + count; id++) {
			cache().put(id, new Gauge(id, 500));
		}
	}

	private void flush() {
		this.jdbc.execute("alter table gauge drop constraint if exists low");
		assertThat(cache().flush(Duration.ofSeconds(20)).remaining()).isZero();
		assertThat(cache().deadLetters()).isEmpty();
	}

	private Integer reading() {
		return this.jdbc.queryForObject("select reading from gauge where id = 1", Integer.class);
	}

	private PolicyCache cache() {
		return Objects.requireNonNull(this.context.getBean(PolicyCacheManager.class).getCache("gauges"));
	}

}
