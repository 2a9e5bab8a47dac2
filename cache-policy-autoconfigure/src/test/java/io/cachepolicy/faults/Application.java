package io.cachepolicy.faults;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.cache.ManagedPolicyCache;
import io.cachepolicy.testsupport.NestedTransactions;
import jakarta.persistence.EntityManagerFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * An application whose database and whose own code fail when they are told to.
 */
final class Application implements AutoCloseable {

	static final String SHELVES = "shelves";

	static final String VOLUMES = "volumes";

	private final Faults faults = new Faults();

	private final Setup setup;

	private final FaultyCode code;

	private final SingleConnectionDataSource direct;

	private final JdbcTemplate others;

	private final ConfigurableApplicationContext context;

	private final TransactionTemplate transaction;

	private final TransactionTemplate nested;

	Application(Setup setup, String url) {
		this.setup = setup;
		this.code = new FaultyCode(this.faults, setup);
		this.direct = new SingleConnectionDataSource(url, true);
		this.others = new JdbcTemplate(this.direct);
		// A database in memory is there as long as it has a connection
		this.others.execute("select 1");
		synchronized (Application.class) {
			// Applications that start set up the logging of the process
			this.context = start(url);
		}
		this.code.entities(this.context.getBean(EntityManagerFactory.class));
		PlatformTransactionManager manager = this.context.getBean(PlatformTransactionManager.class);
		this.transaction = new TransactionTemplate(manager);
		this.nested = new TransactionTemplate(manager);
		this.nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
		// Pending writes come into being with the first one
		List.of(SHELVES, VOLUMES).forEach((name) -> cache(name).remove(-1L));
		manager().flush(Duration.ofSeconds(20));
	}

	private ConfigurableApplicationContext start(String url) {
		List<String> properties = new ArrayList<>(List.of("spring.jpa.hibernate.ddl-auto=create",
				"spring.jpa.open-in-view=false", "spring.main.banner-mode=off", "spring.jmx.enabled=false",
				"logging.level.root=off", "logging.level.io.cachepolicy.faults=info",
				"cache-policy.caches.shelves.entity=" + newPlace(0, "").getClass().getName(),
				"cache-policy.caches.volumes.entity=" + newPiece(0).getClass().getName()));
		this.setup.properties().forEach((property) -> properties.add("cache-policy.defaults." + property));
		return new SpringApplicationBuilder(Configuration.class).web(WebApplicationType.NONE)
			.properties(properties.toArray(String[]::new))
			.initializers((context) -> {
				context.getBeanFactory().registerSingleton("faults", this.faults);
				context.getBeanFactory().registerSingleton("driver", new Url(url));
				context.getBeanFactory().registerSingleton("code", this.code);
				context.getBeanFactory().registerSingleton("setup", this.setup);
			})
			.run();
	}

	Faults faults() {
		return this.faults;
	}

	Setup setup() {
		return this.setup;
	}

	FaultyCode code() {
		return this.code;
	}

	PolicyCacheManager manager() {
		return this.context.getBean(PolicyCacheManager.class);
	}

	ManagedPolicyCache cache(String name) {
		return (ManagedPolicyCache) Objects.requireNonNull(manager().getCache(name));
	}

	Place newPlace(long id, String text) {
		return (this.setup.cascading()) ? new Chest(id, text) : new Shelf(id, text);
	}

	Piece newPiece(long id) {
		return (this.setup.cascading()) ? new Book(id) : new Volume(id);
	}

	/**
	 * Find an entity as code does that knows of no cache.
	 * @param id the id
	 * @return the entity, managed in a transaction
	 */
	@Nullable Volume findManaged(long id) {
		return this.context.getBean(VolumeRepository.class).findById(id).orElse(null);
	}

	/**
	 * Delete an entity as code does that knows of no cache.
	 * @param id the id
	 */
	void delete(long id) {
		VolumeRepository volumes = this.context.getBean(VolumeRepository.class);
		volumes.deleteById(id);
		volumes.flush();
	}

	/**
	 * Return whether the pool has a connection again.
	 * @return {@code true}
	 * @throws SQLException if it has none
	 */
	boolean hasConnection() throws SQLException {
		try (Connection connection = this.context.getBean(DataSource.class).getConnection()) {
			return connection.isValid(1);
		}
	}

	/**
	 * Let go of the connections that the pool has: of one that broke when it was given
	 * back, a pool may not know until it is used once more.
	 */
	void renewConnections() {
		((FaultyPool) this.context.getBean(DataSource.class)).pool.getHikariPoolMXBean().softEvictConnections();
	}

	TransactionTemplate transaction() {
		return this.transaction;
	}

	TransactionTemplate nested() {
		return this.nested;
	}

	/**
	 * Return a way to the database that does not fail.
	 * @return a template, used by one thread at a time
	 */
	JdbcTemplate others() {
		return this.others;
	}

	@Override
	public void close() {
		this.faults.end();
		this.context.close();
		this.direct.destroy();
	}

	/**
	 * Where the database is.
	 *
	 * @param value the URL
	 */
	record Url(String value) {

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableCaching
	@Import(NestedTransactions.class)
	static class Configuration {

		@Bean
		DataSource dataSource(Faults faults, Url url, Setup setup) {
			HikariConfig config = new HikariConfig();
			config.setDataSource(new FaultyDriver(url.value(), faults));
			config.setMaximumPoolSize(setup.pool());
			config.setConnectionTimeout(250);
			return new FaultyPool(new HikariDataSource(config), faults);
		}

	}

	/**
	 * A pool that has no connection at times.
	 */
	private static final class FaultyPool extends DelegatingDataSource implements AutoCloseable {

		private final HikariDataSource pool;

		private final Faults faults;

		FaultyPool(HikariDataSource pool, Faults faults) {
			super(pool);
			this.pool = pool;
			this.faults = faults;
		}

		@Override
		public Connection getConnection() throws SQLException {
			Fault fault = this.faults.find(Point.POOL);
			if (fault != null) {
				throw (SQLException) fault.thrown().get();
			}
			return super.getConnection();
		}

		@Override
		public void close() {
			this.pool.close();
		}

	}

}
