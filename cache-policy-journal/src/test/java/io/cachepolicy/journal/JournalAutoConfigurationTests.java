package io.cachepolicy.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.cachepolicy.CacheStore;
import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.autoconfigure.CachePolicyAutoConfiguration;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernatePropertiesCustomizer;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessResourceFailureException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link JournalAutoConfiguration}: what a durable cache needs, and what is
 * said if it is missing.
 */
class JournalAutoConfigurationTests {

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path directory;

	private final ApplicationContextRunner plain = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class, HibernateJpaAutoConfiguration.class,
				DataJpaRepositoriesAutoConfiguration.class, TransactionAutoConfiguration.class,
				CachePolicyAutoConfiguration.class, JournalAutoConfiguration.class))
		.withPropertyValues("spring.datasource.url=jdbc:h2:mem:journal", "spring.flyway.enabled=false",
				"cache-policy.caches.texts.policy=write-back", "cache-policy.caches.texts.write-back.durable=true",
				"cache-policy.caches.texts.write-back.flush-interval=10m")
		.withUserConfiguration(Texts.class);

	private ApplicationContextRunner runner() {
		return this.plain.withPropertyValues("cache-policy.journal.minimum-free-space=1MB",
				"cache-policy.journal.directory=" + this.directory);
	}

	private static ContextConsumer<AssertableApplicationContext> failing(String... texts) {
		return (context) -> {
			assertThat(context).hasFailed();
			Throwable failure = context.getStartupFailure();
			while (failure != null && !(failure instanceof InvalidPolicyCacheException)) {
				failure = failure.getCause();
			}
			InvalidPolicyCacheException invalid = (InvalidPolicyCacheException) Objects.requireNonNull(failure);
			assertThat(invalid.getMessage() + ". " + invalid.getAction()).contains(texts);
		};
	}

	private static PolicyCache texts(AssertableApplicationContext context) {
		return Objects.requireNonNull(context.getBean(PolicyCacheManager.class).getCache("texts"));
	}

	@Test
	@DisplayName("S3: a durable cache without a directory fails")
	void withoutADirectory() {
		this.plain.run(failing("'cache-policy.journal.directory' is not set"));
	}

	@Test
	@DisplayName("S3: a directory that can't be written fails")
	void directoryThatCannotBeWritten() throws IOException {
		Path file = Files.createFile(this.directory.resolve("file"));
		this.plain.withPropertyValues("cache-policy.journal.directory=" + file)
			.run(failing("'cache-policy.journal.directory' is " + file, "can't be written"));
	}

	@Test
	@DisplayName("D6: a directory that is in use fails")
	void directoryInUse() {
		runner().run((context) -> {
			assertThat(context).hasNotFailed();
			runner().run(failing("which another process uses", "directory of its own"));
		});
	}

	@Test
	@DisplayName("S3: values that can't be encoded fail")
	void valuesThatCannotBeEncoded() {
		runner()
			.withPropertyValues("cache-policy.caches.things.write-back.durable=true",
					"cache-policy.caches.things.policy=write-back")
			.run(failing("'cache-policy.caches.things.write-back.durable' is true", "type of its values is not known",
					"ValueCodec"));
	}

	@Test
	@DisplayName("S3: entities of tenants fail")
	void entitiesOfTenants() {
		runner().withUserConfiguration(Tenants.class)
			.withPropertyValues("cache-policy.caches.notes.entity=" + Note.class.getName(),
					"cache-policy.caches.notes.policy=write-back", "cache-policy.caches.notes.write-back.durable=true")
			.run(failing("belongs to tenants"));
	}

	@Test
	@DisplayName("S3: a directory of a newer version fails, and is left as it is")
	void directoryOfANewerVersion() throws RocksDBException {
		runner().run((context) -> assertThat(context).hasNotFailed());
		try (RocksDB database = RocksDB.open(this.directory.resolve(JournalDirectory.RECORDS).toString())) {
			database.put(Keys.FORMAT, new byte[] { 0, 0, 0, 9 });
		}
		runner().run(failing("newer version"));
	}

	@Test
	void nothingIsOpenedWhereNothingIsDurable() {
		this.plain.withPropertyValues("cache-policy.caches.texts.write-back.durable=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.getBean(Journal.class)
				.extracting(Journal::parts)
				.isNull());
	}

	@Test
	@DisplayName("D1, D3: what is pending at the end is pending at the next start, before the first read")
	void pendingWritesSurvive() {
		runner().withPropertyValues("cache-policy.shutdown-timeout=1ms")
			.withUserConfiguration(Stuck.class)
			.run((context) -> {
				texts(context).put("key", "value");
				texts(context).put("other", "value");
				texts(context).remove("other");
			});
		runner().run((context) -> {
			assertThat(texts(context).pendingWrites()).isEqualTo(2);
			assertThat(texts(context).get("key", String.class)).isEqualTo("value");
			assertThat(context.getBean(Texts.class).rows).isEmpty();
			texts(context).flush(Duration.ofSeconds(5));
			assertThat(context.getBean(Texts.class).rows).isEqualTo(Map.of("key", "value"));
		});
		runner().run((context) -> assertThat(texts(context).pendingWrites()).isZero());
	}

	@Test
	@DisplayName("D7: a disk without room refuses, and the cache is as it was")
	void diskWithoutRoomRefuses() {
		runner().withPropertyValues("cache-policy.journal.minimum-free-space=1000000GB").run((context) -> {
			assertThatExceptionOfType(WriteRefusedException.class).isThrownBy(() -> texts(context).put("key", "value"))
				.withMessageContaining("cache-policy.journal.directory");
			assertThat(texts(context).get("key", String.class)).isNull();
			assertThat(texts(context).pendingWrites()).isZero();
		});
	}

	@Test
	@DisplayName("D7: a disk without room writes through, if the settings say so")
	void diskWithoutRoomWritesThrough() {
		runner()
			.withPropertyValues("cache-policy.journal.minimum-free-space=1000000GB",
					"cache-policy.journal.on-failure=write-through")
			.run((context) -> {
				texts(context).put("key", "value");
				assertThat(context.getBean(Texts.class).rows).isEqualTo(Map.of("key", "value"));
				assertThat(texts(context).pendingWrites()).isZero();
			});
	}

	@Test
	@DisplayName("D5: records of a cache that is gone stay, and health says so")
	void cacheThatIsGone() {
		runner().withPropertyValues("cache-policy.shutdown-timeout=1ms")
			.withUserConfiguration(Stuck.class)
			.run((context) -> texts(context).put("key", "value"));
		runner().withPropertyValues("cache-policy.caches.texts.write-back.durable=false",
				"cache-policy.caches.others.policy=write-back", "cache-policy.caches.others.write-back.durable=true")
			.run((context) -> {
				assertThat(context.getBean(Journal.class).leftovers()).isEqualTo(Map.of("texts", 1));
				assertThat(new JournalHealthIndicator(context.getBean(Journal.class)).health().getDetails())
					.containsEntry("leftovers", Map.of("texts", 1));
			});
		runner().run((context) -> assertThat(texts(context).pendingWrites()).isOne());
	}

	@Test
	@DisplayName("D5: a damaged journal is kept, what can be read of it goes on, and health says so")
	void damagedJournal() {
		runner().withPropertyValues("cache-policy.shutdown-timeout=1ms")
			.withUserConfiguration(Stuck.class)
			.run((context) -> texts(context).put("key", "value"));
		Path current = this.directory.resolve(JournalDirectory.RECORDS).resolve("CURRENT");
		assertThat(current.toFile().delete()).isTrue();
		runner().run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(this.directory.resolve(JournalDirectory.DAMAGED + 1)).isDirectory();
			assertThat(new JournalHealthIndicator(context.getBean(Journal.class)).health().getDetails())
				.containsEntry("damaged", List.of("damaged-1"));
			texts(context).put("key", "again");
		});
	}

	@Test
	@DisplayName("D6: the records can be read by their owner only")
	void recordsArePrivate() {
		runner().run(
				(context) -> assertThat(Files.getPosixFilePermissions(this.directory.resolve(JournalDirectory.RECORDS)))
					.isEqualTo(PosixFilePermissions.fromString("rwx------")));
	}

	/**
	 * An application with values that are no entities.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	@AutoConfigurationPackage
	static class Texts {

		final Map<String, String> rows = new ConcurrentHashMap<>();

		boolean stuck;

		@Bean("texts")
		TextStore textStore() {
			return new TextStore(this);
		}

		@Bean("others")
		TextStore otherStore() {
			return new TextStore(this);
		}

		@Bean("things")
		CacheStore<Object, Object> thingStore() {
			return new ThingStore();
		}

	}

	/**
	 * Lets the store hang when the application stops.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Stuck {

		Stuck(Texts texts) {
			texts.stuck = true;
		}

	}

	/**
	 * A store of texts.
	 *
	 * @param texts has the rows
	 */
	record TextStore(Texts texts) implements CacheStore<String, String> {

		@Override
		public @Nullable String load(String key) {
			return this.texts.rows.get(key);
		}

		@Override
		public Map<String, String> saveAll(Map<String, String> entries) {
			check();
			this.texts.rows.putAll(entries);
			return Map.of();
		}

		@Override
		public void deleteAll(Collection<? extends String> keys) {
			check();
			this.texts.rows.keySet().removeAll(Set.copyOf(keys));
		}

		private void check() {
			if (this.texts.stuck) {
				throw new DataAccessResourceFailureException("away");
			}
		}

	}

	/**
	 * A store of anything.
	 */
	static final class ThingStore implements CacheStore<Object, Object> {

		@Override
		public @Nullable Object load(Object key) {
			return null;
		}

		@Override
		public Map<Object, Object> saveAll(Map<Object, Object> entries) {
			return Map.of();
		}

		@Override
		public void deleteAll(Collection<?> keys) {
		}

	}

	/**
	 * Tenants.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Tenants {

		@Bean
		HibernatePropertiesCustomizer tenants() {
			return (properties) -> properties.put("hibernate.tenant_identifier_resolver", new Tenant());
		}

	}

	/**
	 * The only tenant.
	 */
	static final class Tenant implements CurrentTenantIdentifierResolver<String> {

		@Override
		public String resolveCurrentTenantIdentifier() {
			return "tenant";
		}

		@Override
		public boolean validateExistingCurrentSessions() {
			return false;
		}

	}

}
