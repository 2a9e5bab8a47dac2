package io.cachepolicy.failures;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.cache.ManagedPolicyCache;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.cache.WriteStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
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
