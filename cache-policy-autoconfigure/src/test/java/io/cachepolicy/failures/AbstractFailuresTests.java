package io.cachepolicy.failures;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

import javax.sql.DataSource;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.cache.ManagedPolicyCache;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.cache.WriteStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.data.repository.CrudRepository;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Base of tests of failures of a real database.
 */
abstract class AbstractFailuresTests {

	static final Duration TIMEOUT = Duration.ofSeconds(20);

	private @Nullable ConfigurableApplicationContext context;

	void start(List<String> options, String... properties) {
		this.context = FailuresApplication.start(options, properties);
	}

	void startOn(String url, String... properties) {
		this.context = FailuresApplication.startOn(url, properties);
	}

	void startOn(String url, ApplicationContextInitializer<GenericApplicationContext> initializer,
			String... properties) {
		this.context = FailuresApplication.startOn(url, initializer, properties);
	}

	@AfterEach
	void stop() {
		if (this.context != null) {
			this.context.close();
		}
	}

	ConfigurableApplicationContext context() {
		return Objects.requireNonNull(this.context);
	}

	PolicyCacheManager manager() {
		return context().getBean(PolicyCacheManager.class);
	}

	PolicyCache cache(String name) {
		return Objects.requireNonNull(manager().getCache(name));
	}

	WriteStatus status(String name) {
		return writes(name).status();
	}

	PendingWrites writes(String name) {
		return Objects.requireNonNull(((ManagedPolicyCache) cache(name)).findPendingWrites());
	}

	/**
	 * Return what talks to the database past the pool of the application.
	 * @return a template that opens a connection for each call
	 */
	JdbcTemplate outside() {
		String url = Objects.requireNonNull(context().getEnvironment().getProperty("spring.datasource.url"));
		return new JdbcTemplate(new DriverManagerDataSource(url.replaceFirst("&options=.*", "")));
	}

	TransactionTemplate transaction() {
		return new TransactionTemplate(context().getBean(PlatformTransactionManager.class));
	}

	/**
	 * Lock rows by another connection.
	 * @param query selects them
	 * @return the lock, released when it is closed
	 * @throws SQLException if that fails
	 */
	Lock lock(String query) throws SQLException {
		Connection connection = Objects.requireNonNull(outside().getDataSource()).getConnection();
		connection.setAutoCommit(false);
		try (Statement statement = connection.createStatement()) {
			statement.execute(query + " for update");
		}
		return () -> {
			connection.rollback();
			connection.close();
		};
	}

	/**
	 * Let others change two rows of a batch of rows with a version, and check that these
	 * alone are in conflict.
	 */
	void assertConflictsAreNoticed() {
		PolicyCache gauges = cache("gauges");
		LongStream.range(0, 20).forEach((id) -> gauges.put(id, new Gauge(id, 1)));
		assertThat(gauges.flush(TIMEOUT).written()).isEqualTo(20);
		outside().update("update gauge set version = version + 1, measured = 5 where id in (3, 17)");
		gauges.getAll(LongStream.range(0, 20).boxed().toList()).values().forEach((value) -> {
			Gauge gauge = (Gauge) value;
			gauge.setMeasured(2);
			gauges.put(gauge.getId(), gauge);
		});
		assertThat(gauges.flush(TIMEOUT).failed()).isEqualTo(2);
		assertThat(gauges.deadLetters()).extracting(DeadLetter::kind).containsOnly(DeadLetter.Kind.CONFLICT);
		assertThat(outside().queryForList("select id from gauge where measured = 5 order by id", Long.class))
			.containsExactly(3L, 17L);
	}

	/**
	 * Let a transaction write an old value through after another one has changed its row,
	 * and check that row and cache have what it wrote, or that it failed.
	 * @param name the name of the cache, {@code gauges} or {@code sensors}
	 * @param first how the transaction reads first: {@code load} or {@code look}
	 * @param transaction the transaction
	 * @return whether it failed
	 */
	boolean writeThroughFromAnOlderSnapshot(String name, String first, TransactionTemplate transaction) {
		String table = name.substring(0, name.length() - 1);
		PolicyCache cache = cache(name);
		cache.put(1L, name.equals("gauges") ? new Gauge(1, 0) : new Sensor(1, 0));
		assertThat(cache.flush(TIMEOUT).written()).isOne();
		Object before = Objects.requireNonNull(cache.get(1L, Object.class));
		boolean failed = false;
		try {
			transaction.executeWithoutResult((status) -> {
				if (first.equals("load")) {
					CrudRepository<?, Long> repository = (name.equals("gauges"))
							? context().getBean(GaugeRepository.class) : context().getBean(SensorRepository.class);
					assertThat(repository.findById(1L).isPresent()).isTrue();
				}
				else {
					context().getBean(JdbcTemplate.class).queryForList("select * from " + table);
				}
				CompletableFuture.runAsync(() -> {
					cache.put(1L, changed(cache, name));
					assertThat(cache.flush(TIMEOUT).written()).isOne();
				}).join();
				cache.withPolicy(WritePolicy.WRITE_THROUGH).put(1L, before);
			});
		}
		catch (ConcurrencyFailureException ex) {
			failed = true;
		}
		Integer row = new JdbcTemplate(context().getBean(DataSource.class))
			.queryForObject("select measured from " + table, Integer.class);
		assertThat(row).isEqualTo(failed ? 1 : 0);
		Object value = Objects.requireNonNull(cache.get(1L, Object.class));
		assertThat((value instanceof Gauge gauge) ? gauge.getMeasured() : ((Sensor) value).getMeasured())
			.isEqualTo(row);
		return failed;
	}

	private static Object changed(PolicyCache cache, String name) {
		if (name.equals("gauges")) {
			Gauge copy = Objects.requireNonNull(cache.get(1L, Gauge.class));
			copy.setMeasured(1);
			return copy;
		}
		return new Sensor(1, 1);
	}

	void assertStored(String table, long... ids) {
		assertThat(outside().queryForList("select id from " + table, Long.class))
			.contains(LongStream.of(ids).boxed().toArray(Long[]::new));
	}

	/**
	 * Locked rows.
	 */
	interface Lock extends AutoCloseable {

		@Override
		void close() throws SQLException;

	}

}
