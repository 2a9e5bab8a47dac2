package io.cachepolicy.model;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheCustomizer;
import io.cachepolicy.cache.CaffeinePolicyCacheManager;
import io.cachepolicy.faults.FlushFaults;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.testsupport.MemoryLog;
import io.cachepolicy.testsupport.Outage;
import io.cachepolicy.testsupport.Postgres;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * An application with the caches of {@link Setup#ALL}, a PostgreSQL database that can be
 * taken away from it, and the time of its caches.
 */
final class Application implements AutoCloseable {

	private static final String RULES = """
			create table if not exists checks (active boolean);
			delete from checks;
			insert into checks values (true);
			create or replace function check_text() returns trigger language plpgsql as $$ begin
			  if new.text like 'bad%' and (select active from checks) then
			    raise exception 'a bad text' using errcode = 'check_violation';
			  end if;
			  return new;
			end $$;
			create or replace function check_delete() returns trigger language plpgsql as $$ begin
			  if old.text like 'kept%' then
			    raise exception 'kept' using errcode = 'foreign_key_violation';
			  end if;
			  return old;
			end $$;
			""";

	private static final String RULES_OF_TABLE = """
			create or replace trigger check_text before insert or update on %1$s
			  for each row execute function check_text();
			create or replace trigger check_delete before delete on %1$s
			  for each row execute function check_delete();
			""";

	/**
	 * A commit that need not reach the disk is faster.
	 */
	private final String url = Postgres.createDatabase() + "&options=-c%20synchronous_commit=off";

	private final SingleConnectionDataSource direct;

	private final JdbcTemplate others;

	private final Outage outage = new Outage();

	private final FlushFaults faults = new FlushFaults();

	private final AtomicLong time = new AtomicLong();

	private final Map<String, MemoryLog> logs = new ConcurrentHashMap<>();

	private ConfigurableApplicationContext context;

	private long keys;

	Application() {
		this.direct = new SingleConnectionDataSource(connect(), true);
		this.others = new JdbcTemplate(this.direct);
		this.context = start();
		this.others.execute(RULES);
		List.of("plain_row", "versioned_row").forEach((table) -> this.others.execute(RULES_OF_TABLE.formatted(table)));
	}

	private Connection connect() {
		try {
			return DriverManager.getConnection(this.url);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private ConfigurableApplicationContext start() {
		PolicyCacheCustomizer customizer = (name, caffeine) -> caffeine.ticker(this.time::get).executor(Runnable::run);
		return new SpringApplicationBuilder(Configuration.class).web(WebApplicationType.NONE)
			.properties(properties())
			.initializers((context) -> {
				context.getBeanFactory().registerSingleton("outage", this.outage);
				context.getBeanFactory().registerSingleton("faults", this.faults);
				context.getBeanFactory().registerSingleton("cacheCustomizer", customizer);
				context.getBeanFactory().registerSingleton("pendingLogs", logs());
			})
			.run();
	}

	private PendingLog.Factory logs() {
		return (cacheName, store) -> this.logs.compute(cacheName, (name, log) -> new MemoryLog());
	}

	/**
	 * Return what is recorded of the pending writes of a cache.
	 * @param setup the cache
	 * @return the log of the application that runs, {@code null} if nothing was deferred
	 */
	@Nullable MemoryLog log(Setup setup) {
		return this.logs.get(setup.cache());
	}

	private String[] properties() {
		List<String> properties = new ArrayList<>(List.of("spring.datasource.url=" + this.url,
				"spring.datasource.hikari.maximum-pool-size=20", "spring.datasource.hikari.minimum-idle=4",
				"spring.jpa.hibernate.ddl-auto=update", "spring.jpa.open-in-view=false", "spring.main.banner-mode=off",
				"spring.jmx.enabled=false", "logging.level.root=warn", "logging.level.org.hibernate=off",
				"logging.level.org.springframework=off", "logging.level.io.cachepolicy.writeback=off",
				"logging.level.io.cachepolicy.model=info"));
		Setup.ALL.forEach((setup) -> setup.properties()
			.forEach((property) -> properties.add("cache-policy.caches." + setup.cache() + "." + property)));
		return properties.toArray(String[]::new);
	}

	PolicyCache cache(Setup setup) {
		return Objects.requireNonNull(caches().getCache(setup.cache()));
	}

	private CaffeinePolicyCacheManager caches() {
		return this.context.getBean(CaffeinePolicyCacheManager.class);
	}

	TransactionTemplate transaction() {
		return new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class));
	}

	/**
	 * Return what code of the application uses that does not know the cache.
	 * @return the entity manager of the current transaction
	 */
	EntityManager manager() {
		return SharedEntityManagerCreator.createSharedEntityManager(this.context.getBean(EntityManagerFactory.class));
	}

	/**
	 * Return a way to the database that is always there.
	 * @return what other writers use
	 */
	JdbcTemplate others() {
		return this.others;
	}

	FlushFaults faults() {
		return this.faults;
	}

	Outage outage() {
		return this.outage;
	}

	/**
	 * Return keys that nobody used before.
	 * @param count how many
	 * @return the first of them
	 */
	long newKeys(int count) {
		this.keys += count;
		return this.keys - count;
	}

	void pass(Duration duration) {
		this.time.addAndGet(TimeUnit.NANOSECONDS.convert(duration));
	}

	void stopCaches(Duration timeout) {
		caches().stop(timeout);
	}

	void startCaches() {
		caches().start();
	}

	void restart() {
		this.context.close();
		this.context = start();
	}

	@Override
	public void close() {
		this.context.close();
		this.direct.destroy();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableCaching
	static class Configuration {

	}

}
