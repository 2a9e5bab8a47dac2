package io.cachepolicy.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.IntStream;

import io.cachepolicy.CacheStore;
import io.cachepolicy.DeadLetter;
import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.WriteNotRecordedException;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.autoconfigure.CachePolicyAutoConfiguration;
import io.cachepolicy.spi.PendingLog;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
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
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernatePropertiesCustomizer;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.ClassUtils;

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

	@Test
	@DisplayName("D5: health is down while nothing can be recorded, and writes are refused")
	void healthIsDownWhileNothingCanBeRecorded() {
		actuated().run((context) -> {
			JournalHealthIndicator health = context.getBean(JournalHealthIndicator.class);
			assertThat(health.health().getStatus()).isEqualTo(Status.UP);
			assertThat(health.health().getDetails()).containsOnlyKeys("size");
			Objects.requireNonNull(context.getBean(Journal.class).parts()).storage().close();
			assertThatExceptionOfType(WriteNotRecordedException.class)
				.isThrownBy(() -> texts(context).put("key", "value"));
			assertThat(texts(context).get("key", String.class)).as("pending in memory").isEqualTo("value");
			assertThatExceptionOfType(WriteRefusedException.class).isThrownBy(() -> texts(context).put("b", "value"));
			assertThat(health.health().getStatus()).isEqualTo(Status.DOWN);
			assertThat(
					context.getBean(MeterRegistry.class).get("cache.policy.journal.refused").functionCounter().count())
				.isPositive();
		});
	}

	@Test
	void metersAreThoseOfTheJournal() {
		actuated().run((context) -> {
			texts(context).put("key", "value");
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(registry.get("cache.policy.journal.size").gauge().value()).isPositive();
			assertThat(registry.get("cache.policy.journal.sync").functionTimer().count()).isPositive();
			assertThat(registry.get("cache.policy.journal.recovered").functionCounter().count()).isZero();
			assertThat(registry.get("cache.policy.journal.unreadable").gauge().value()).isZero();
			assertThat(context.getBean(PendingLog.Factory.class).size()).isPositive();
		});
	}

	@Test
	void metersAndHealthBackOff() {
		actuated().withPropertyValues("management.health.cache-policy-journal.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(JournalHealthIndicator.class));
		actuated(numbers()).withClassLoader(new FilteredClassLoader(MeterRegistry.class, Health.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("policyCacheJournalMetrics")
				.doesNotHaveBean("cachePolicyJournalHealthIndicator"));
		actuated(this.plain).withPropertyValues("cache-policy.caches.texts.write-back.durable=false")
			.withBean("own", PendingLog.Factory.class, () -> (cacheName, store) -> PendingLog.NONE)
			.run((context) -> assertThat(context).doesNotHaveBean(Journal.class)
				.doesNotHaveBean(JournalHealthIndicator.class)
				.doesNotHaveBean(JournalMetrics.class));
	}

	private ApplicationContextRunner actuated() {
		return actuated(runner());
	}

	private static ApplicationContextRunner actuated(ApplicationContextRunner runner) {
		return runner
			.withConfiguration(
					AutoConfigurations.of(JournalHealthAutoConfiguration.class, JournalMetricsAutoConfiguration.class))
			.withInitializer((context) -> {
				if (ClassUtils.isPresent("io.micrometer.core.instrument.MeterRegistry", context.getClassLoader())) {
					Meters.register((GenericApplicationContext) context);
				}
			});
	}

	@Test
	@DisplayName("D1: all writes of a putAll wait for the disk once, and all are recorded")
	void putAllWaitsOnce() {
		runner().withPropertyValues("cache-policy.shutdown-timeout=1ms")
			.withUserConfiguration(Stuck.class)
			.run((context) -> {
				Appender appender = Objects.requireNonNull(context.getBean(Journal.class).parts()).appender();
				long before = appender.syncs().count();
				Map<String, String> values = new HashMap<>();
				IntStream.range(0, 50).forEach((number) -> values.put("key " + number, "value"));
				texts(context).putAll(values);
				assertThat(appender.syncs().count() - before).isOne();
			});
		runner().run((context) -> assertThat(texts(context).pendingWrites()).isEqualTo(50));
	}

	@Test
	@DisplayName("D1: what a transaction wrote to two caches waits for the disk once after its commit")
	void transactionOverTwoCaches() {
		runner()
			.withPropertyValues("cache-policy.caches.others.policy=write-back",
					"cache-policy.caches.others.write-back.durable=true",
					"cache-policy.caches.others.write-back.flush-interval=10m")
			.run((context) -> {
				Appender appender = Objects.requireNonNull(context.getBean(Journal.class).parts()).appender();
				PolicyCache others = Objects
					.requireNonNull(context.getBean(PolicyCacheManager.class).getCache("others"));
				long[] before = new long[1];
				new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
					.executeWithoutResult((status) -> {
						texts(context).put("a", "value");
						others.put("b", "value");
						TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

							@Override
							public void beforeCompletion() {
								before[0] = appender.syncs().count();
							}

						});
					});
				assertThat(appender.syncs().count() - before[0]).isOne();
				assertThat(texts(context).pendingWrites() + others.pendingWrites()).isEqualTo(2);
			});
	}

	@Test
	@DisplayName("D5: a value whose type changed is converted, or kept and counted; back again, it is in doubt")
	void valuesOfAnotherType() {
		runner().withPropertyValues("cache-policy.shutdown-timeout=1ms")
			.withUserConfiguration(Stuck.class)
			.run((context) -> {
				texts(context).put("a", "5");
				texts(context).put("b", "five");
			});
		numbers().run((context) -> {
			assertThat(texts(context).get("a", Long.class)).isEqualTo(5L);
			assertThat(texts(context).pendingWrites()).isOne();
			assertThat(new JournalHealthIndicator(context.getBean(Journal.class)).health().getDetails())
				.containsEntry("unreadable", 1L);
		});
		numbers().run((context) -> {
			assertThat(texts(context).pendingWrites()).as("stored").isZero();
			assertThat(new JournalHealthIndicator(context.getBean(Journal.class)).health().getDetails()).as("kept")
				.containsEntry("unreadable", 1L);
		});
		runner().run((context) -> assertThat(texts(context).deadLetters()).singleElement().satisfies((letter) -> {
			assertThat(letter.kind()).isEqualTo(DeadLetter.Kind.IN_DOUBT);
			assertThat(letter.value()).isEqualTo("five");
		}));
	}

	private ApplicationContextRunner numbers() {
		return new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(CachePolicyAutoConfiguration.class, JournalAutoConfiguration.class))
			.withPropertyValues("cache-policy.caches.texts.policy=write-back",
					"cache-policy.caches.texts.write-back.durable=true", "cache-policy.journal.minimum-free-space=1MB",
					"cache-policy.journal.directory=" + this.directory)
			.withUserConfiguration(Numbers.class);
	}

	@Test
	@DisplayName("D4, D5: a dead letter that can't be read is kept and counted, the others and the start are not harmed")
	void deadLetterThatCannotBeRead() {
		runner().withPropertyValues("cache-policy.caches.texts.write-back.retry.max-attempts=1")
			.withUserConfiguration(Refusing.class)
			.run((context) -> {
				texts(context).put("a", "value");
				texts(context).put("b", "value");
				texts(context).flush(Duration.ofSeconds(5));
				assertThat(texts(context).deadLetters()).hasSize(2);
			});
		byte[] letter = change((storage) -> {
			byte[] key = Keys.of(Keys.LETTER, 1, 1);
			byte[] bytes = Objects.requireNonNull(storage.get(key));
			storage.write(List.of(Change.put(key, Arrays.copyOf(bytes, 20))), true);
			return bytes;
		});
		runner().withUserConfiguration(Refusing.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(texts(context).deadLetters()).singleElement().extracting(DeadLetter::key).isEqualTo("b");
			assertThat(texts(context).pendingWrites()).as("it is not written").isZero();
			assertThat(new JournalHealthIndicator(context.getBean(Journal.class)).health().getDetails())
				.containsEntry("unreadable", 1L);
		});
		change((storage) -> {
			List<byte[]> keys = new ArrayList<>();
			storage.scan(Keys.prefix(Keys.UNREADABLE_LETTER, 1), (key, value) -> keys.add(key));
			byte[] kept = Objects.requireNonNull(storage.get(keys.get(0)));
			ByteBuffer whole = ByteBuffer.allocate(kept.length - 20 + letter.length)
				.putInt(letter.length)
				.put(letter)
				.put(kept, 24, kept.length - 24);
			storage.write(List.of(Change.put(keys.get(0), whole.array())), true);
			return letter;
		});
		runner().withUserConfiguration(Refusing.class).run((context) -> {
			assertThat(texts(context).deadLetters()).extracting(DeadLetter::key).containsExactlyInAnyOrder("a", "b");
			assertThat(texts(context).deadLetters()).extracting(DeadLetter::id).doesNotHaveDuplicates();
		});
		runner().withUserConfiguration(Refusing.class)
			.run((context) -> assertThat(texts(context).deadLetters()).hasSize(2));
	}

	private byte[] change(Function<Storage, byte[]> change) {
		try (Storage storage = new JournalDirectory(this.directory).open()) {
			return change.apply(storage);
		}
	}

	/**
	 * Meters, where they are on the class path.
	 */
	private static final class Meters {

		private Meters() {
		}

		static void register(GenericApplicationContext context) {
			context.registerBean(MeterRegistry.class, () -> {
				SimpleMeterRegistry registry = new SimpleMeterRegistry();
				context.getBeanProvider(MeterBinder.class).forEach((binder) -> binder.bindTo(registry));
				return registry;
			});
		}

	}

	/**
	 * The next version of the application, with numbers.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class Numbers {

		@Bean("texts")
		NumberStore numberStore() {
			return new NumberStore();
		}

	}

	/**
	 * A store of numbers.
	 */
	static final class NumberStore implements CacheStore<String, Long> {

		@Override
		public @Nullable Long load(String key) {
			return null;
		}

		@Override
		public Map<String, Long> saveAll(Map<String, Long> entries) {
			entries.values().forEach(Long::longValue);
			return Map.of();
		}

		@Override
		public void deleteAll(Collection<? extends String> keys) {
		}

	}

	/**
	 * Lets the store refuse what it is given.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Refusing {

		Refusing(Texts texts) {
			texts.refusing = true;
		}

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

		boolean refusing;

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
			if (this.texts.refusing) {
				throw new DataIntegrityViolationException("refused");
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
