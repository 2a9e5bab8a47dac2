package io.cachepolicy.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheCustomizer;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.PolicyCached;
import io.cachepolicy.cache.CaffeinePolicyCacheManager;
import io.cachepolicy.interceptor.PolicyCachedConfiguration;
import io.cachepolicy.testsupport.RecordingChannel;
import io.cachepolicy.transaction.TransactionClock;
import io.github.bucket4j.Bucket;
import jakarta.persistence.EntityManager;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.cache.autoconfigure.CacheManagerCustomizer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.interceptor.CacheResolver;
import org.springframework.cache.interceptor.SimpleCacheResolver;
import org.springframework.cache.support.NoOpCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.data.repository.CrudRepository;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

import static io.cachepolicy.PolicyCached.Operation.WRITE;
import static io.cachepolicy.WritePolicy.WRITE_BACK;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CachePolicyAutoConfiguration} and
 * {@link CachePolicyCheckAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class CachePolicyAutoConfigurationTests {

	private final ApplicationContextRunner plainRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CachePolicyAutoConfiguration.class,
				CachePolicyCheckAutoConfiguration.class, CacheAutoConfiguration.class));

	private final ApplicationContextRunner runner = this.plainRunner.withUserConfiguration(CachingConfiguration.class);

	@Test
	void managerWhenCachingIsEnabledIsRegistered() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(CacheManager.class).hasSingleBean(PolicyCachedConfiguration.class);
			assertThat(context.getBean("cacheManager")).isInstanceOf(CaffeinePolicyCacheManager.class);
		});
	}

	@Test
	@DisplayName("S1: manager when caching is not enabled backs off")
	void managerWhenCachingIsNotEnabledBacksOff() {
		this.plainRunner.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(CacheManager.class));
	}

	@Test
	@DisplayName("S1: manager when manager is present backs off")
	void managerWhenManagerIsPresentBacksOff() {
		this.runner.withBean(ConcurrentMapCacheManager.class)
			.run((context) -> assertThat(context).hasSingleBean(CacheManager.class)
				.doesNotHaveBean(PolicyCacheManager.class));
	}

	@Test
	@DisplayName("S1: manager when cache resolver is present backs off")
	void managerWhenCacheResolverIsPresentBacksOff() {
		this.runner.withUserConfiguration(CacheResolverConfiguration.class)
			.run((context) -> assertThat(context).doesNotHaveBean(CacheManager.class));
	}

	@Test
	@DisplayName("S1: manager when library is absent backs off")
	void managerWhenLibraryIsAbsentBacksOff() {
		for (Class<?> library : List.of(Caffeine.class, CrudRepository.class, EntityManager.class)) {
			this.runner.withClassLoader(new FilteredClassLoader(library))
				.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(PolicyCacheManager.class));
		}
	}

	@Test
	void managerWhenTypeIsCaffeineIsRegistered() {
		this.runner.withPropertyValues("spring.cache.type=caffeine")
			.run((context) -> assertThat(context).hasSingleBean(PolicyCacheManager.class));
	}

	@Test
	@DisplayName("S1: manager when type is other backs off")
	void managerWhenTypeIsOtherBacksOff() {
		this.runner.withPropertyValues("spring.cache.type=simple")
			.run((context) -> assertThat(context).hasSingleBean(CacheManager.class)
				.hasSingleBean(ConcurrentMapCacheManager.class));
	}

	@Test
	void managerWhenTypeIsNonePassesThrough() {
		passThrough("spring.cache.type=none");
	}

	@Test
	void managerWhenDisabledPassesThrough() {
		passThrough("cache-policy.enabled=false");
	}

	private void passThrough(String property) {
		this.runner.withUserConfiguration(NotesConfiguration.class)
			.withPropertyValues(property, "cache-policy.caches.notes.policy=write-back")
			.run((context) -> {
				Notes notes = context.getBean(Notes.class);
				assertThat(notes.find(1L)).isEqualTo("note 1");
				notes.write(1L, "new");
				assertThat(context.getBean("notes", MapCacheStore.class).rows()).containsEntry(1L, "new");
				assertThat(notes.find(1L)).isEqualTo("note 1");
				assertThat(notes.find(1L)).isEqualTo("note 1");
				assertThat(context.getBean(PolicyCacheManager.class).getCache("notes").pendingWrites()).isZero();
				assertThat(context).doesNotHaveBean(NoOpCacheManager.class);
			});
	}

	@Test
	void managerWhenPassingThroughNeedsNoStore() {
		this.runner.withUserConfiguration(NotesWithoutStoreConfiguration.class)
			.withPropertyValues("spring.cache.type=none", "cache-policy.caches.notes.entity=java.lang.String")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void managerDeclaresCachesOfPropertiesAndMethods() {
		this.runner.withUserConfiguration(NotesConfiguration.class, PagesConfiguration.class)
			.withPropertyValues("cache-policy.caches.configured.maximum-size=5")
			.run((context) -> assertThat(context.getBean(CacheManager.class).getCacheNames())
				.containsExactlyInAnyOrder("configured", "notes", "pages"));
	}

	@Test
	void managerWhenNamesAreLimitedHasNoOther() {
		this.runner.withPropertyValues("spring.cache.cache-names=a,b", "cache-policy.caches.c.maximum-size=5")
			.run((context) -> {
				CacheManager manager = context.getBean(CacheManager.class);
				assertThat(manager.getCacheNames()).containsExactlyInAnyOrder("a", "b", "c");
				assertThat(manager.getCache("d")).isNull();
			});
	}

	@Test
	void managerIsCustomized() {
		this.runner.withUserConfiguration(CustomizerConfiguration.class).run((context) -> {
			PolicyCache cache = context.getBean(PolicyCacheManager.class).getCache("customized");
			assertThat(cache).isNotNull();
			assertThat(context.getBean(CustomizerConfiguration.class).customized).contains("customized");
		});
	}

	@Test
	void writeWhenWriteBackIsStoredOnClose() {
		MapCacheStore store = new MapCacheStore();
		this.runner.withUserConfiguration(NotesWithoutStoreConfiguration.class)
			.withBean("notes", MapCacheStore.class, () -> store)
			.withPropertyValues("cache-policy.caches.notes.policy=write-back",
					"cache-policy.caches.notes.write-back.flush-interval=1h")
			.run((context) -> {
				context.getBean(Notes.class).write(1L, "new");
				assertThat(store.rows()).isEmpty();
				assertThat(context.getBean(Notes.class).find(1L)).isEqualTo("new");
			});
		assertThat(store.rows()).isEqualTo(Map.of(1L, "new"));
	}

	@Test
	void lifecycleStopsAfterExecutorsAndStartsAgain() {
		this.runner.withUserConfiguration(NotesConfiguration.class).run((context) -> {
			PolicyCacheLifecycle lifecycle = context.getBean(PolicyCacheLifecycle.class);
			assertThat(lifecycle.getPhase()).isEqualTo(PolicyCacheLifecycle.PHASE).isPositive();
			assertThat(lifecycle.isRunning()).isTrue();
			lifecycle.stop();
			assertThat(lifecycle.isRunning()).isFalse();
			lifecycle.start();
			assertThat(lifecycle.isRunning()).isTrue();
		});
	}

	@Test
	void lifecycleWhenTimeoutExceedsThatOfPhaseWarns(CapturedOutput output) {
		this.runner
			.withPropertyValues("cache-policy.shutdown-timeout=40s", "spring.lifecycle.timeout-per-shutdown-phase=35s")
			.run((context) -> assertThat(output).contains("'cache-policy.shutdown-timeout' (PT40S)")
				.contains("'spring.lifecycle.timeout-per-shutdown-phase' (PT35S)"));
	}

	@Test
	void lifecycleWhenTimeoutFitsDoesNotWarn(CapturedOutput output) {
		this.runner.run((context) -> assertThat(output).doesNotContain("shutdown-timeout"));
	}

	@Test
	void transactionManagersGetClockOnce() {
		this.runner.withUserConfiguration(TransactionManagerConfiguration.class)
			.run((context) -> assertThat(
					context.getBean(TestTransactionManager.class).getTransactionExecutionListeners())
				.hasSize(1)
				.allMatch(TransactionClock.class::isInstance));
	}

	@Test
	void startWhenCachingIsUsedLeavesBeansEligibleForProcessing(CapturedOutput output) {
		this.runner.withUserConfiguration(NotesConfiguration.class, PagesConfiguration.class)
			.run((context) -> assertThat(output).doesNotContain("not eligible"));
	}

	@Test
	void startCreatesNoLazyBeans() {
		this.runner.withUserConfiguration(LazyConfiguration.class).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	@DisplayName("S3: bind when entity does not exist fails")
	void bindWhenEntityDoesNotExistFails() {
		this.runner.withPropertyValues("cache-policy.caches.notes.entity=com.acme.Missing")
			.run(failing("cache-policy.caches.notes.entity", "com.acme.Missing"));
	}

	@Test
	@DisplayName("S3: bind when property is unknown fails")
	void bindWhenPropertyIsUnknownFails() {
		this.runner.withPropertyValues("cache-policy.caches.my.cache.policy=write-back")
			.run(failing("cache-policy.caches.my.cache.policy"));
	}

	@Test
	@DisplayName("S3: start when name lost characters fails")
	void startWhenNameLostCharactersFails() {
		this.runner.withUserConfiguration(UnderscoreConfiguration.class)
			.withPropertyValues("cache-policy.caches.mynotes.maximum-size=5")
			.run(failing("'my_notes', but there are only settings for 'mynotes'", "cache-policy.caches[my_notes]"));
	}

	@Test
	@DisplayName("S3: start when name is not allowed fails")
	void startWhenNameIsNotAllowedFails() {
		this.runner.withUserConfiguration(NotesConfiguration.class)
			.withPropertyValues("spring.cache.cache-names=others")
			.run(failing("Notes.find names the cache 'notes'", "spring.cache.cache-names"));
	}

	@Test
	@DisplayName("S3: start when invalidates unknown cache fails")
	void startWhenInvalidatesUnknownCacheFails() {
		this.runner.withPropertyValues("cache-policy.caches.notes.invalidates=pagse")
			.run(failing("'cache-policy.caches.notes.invalidates' names the cache 'pagse', which does not exist",
					"'cache-policy.caches.pagse'"));
	}

	@Test
	void startWhenInvalidatesCacheOfMethodStarts() {
		this.runner.withUserConfiguration(PagesConfiguration.class)
			.withPropertyValues("cache-policy.caches.notes.invalidates=pages")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	@DisplayName("S3: start when cache invalidates itself fails")
	void startWhenCacheInvalidatesItselfFails() {
		this.runner.withPropertyValues("cache-policy.caches.notes.invalidates=notes")
			.run(failing("makes the cache 'notes' invalidate itself", "Remove it from 'invalidates'"));
	}

	@Test
	void startWhenCachesInvalidateEachOtherStarts() {
		this.runner
			.withPropertyValues("cache-policy.caches.a.invalidates=b", "cache-policy.caches.b.invalidates=c",
					"cache-policy.caches.c.invalidates=a")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	@DisplayName("S3: start when policy is set without store fails")
	void startWhenPolicyIsSetWithoutStoreFails() {
		this.runner.withPropertyValues("cache-policy.caches.pages.policy=write-through")
			.run(failing("'cache-policy.caches.pages.policy' is set, but the cache has no store",
					"'cache-policy.caches.pages.entity'"));
	}

	@Test
	@DisplayName("S3: start when refresh is set without store fails")
	void startWhenRefreshIsSetWithoutStoreFails() {
		this.runner.withPropertyValues("cache-policy.caches.pages.refresh-after-write=1m")
			.run(failing("'cache-policy.caches.pages.refresh-after-write' is set, but the cache has no store"));
	}

	@Test
	@DisplayName("S3: start when write back is set without store fails")
	void startWhenWriteBackIsSetWithoutStoreFails() {
		this.runner.withPropertyValues("cache-policy.caches.pages.write-back.retry.jitter=0.1")
			.run(failing("'cache-policy.caches.pages.write-back.retry.jitter' is set, but the cache has no store"));
	}

	@Test
	@DisplayName("start when write back is set without write back warns, so that the policy can be switched alone")
	void startWhenWriteBackIsSetWithoutWriteBackWarns(CapturedOutput output) {
		this.runner.withUserConfiguration(NotesConfiguration.class)
			.withPropertyValues("cache-policy.caches.notes.policy=write-through",
					"cache-policy.caches.notes.write-back.batch-size=5",
					"cache-policy.caches.notes.write-back.retry.jitter=0")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(output).containsOnlyOnce("Nothing writes back to the cache 'notes', so that these "
						+ "properties have no effect: 'cache-policy.caches.notes.write-back.batch-size', "
						+ "'cache-policy.caches.notes.write-back.retry.jitter'. "
						+ "Set 'cache-policy.caches.notes.policy' to write-back, or remove them.");
			});
	}

	@Test
	void startWhenWriteBackIsSetAndUsedDoesNotWarn(CapturedOutput output) {
		this.runner.withUserConfiguration(NotesConfiguration.class)
			.withPropertyValues("cache-policy.caches.notes.policy=write-back",
					"cache-policy.caches.notes.write-back.batch-size=5")
			.run((context) -> assertThat(output).doesNotContain("Nothing writes back"));
	}

	@Test
	void startWhenWriteBackIsSetAndMethodWritesBackStarts() {
		this.runner.withUserConfiguration(WriteBackNotesConfiguration.class)
			.withPropertyValues("cache-policy.caches.notes.write-back.batch-size=5")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	@DisplayName("start when instances share a cache that is written back warns")
	void startWhenInstancesShareWriteBackWarns(CapturedOutput output) {
		this.runner.withUserConfiguration(WriteBackNotesConfiguration.class)
			.withBean(RecordingChannel.class, RecordingChannel::new)
			.withPropertyValues("cache-policy.caches.others.store=notes",
					"cache-policy.caches.others.policy=write-back", "cache-policy.caches.others.clustered=false")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(output).containsOnlyOnce("Several instances may write back to the caches [notes].");
			});
	}

	@Test
	void startWhenNothingIsWrittenBackOrThereIsOneInstanceDoesNotWarn(CapturedOutput output) {
		this.runner.withUserConfiguration(NotesConfiguration.class)
			.withBean(RecordingChannel.class, RecordingChannel::new)
			.run((context) -> assertThat(context).hasNotFailed());
		this.runner.withUserConfiguration(WriteBackNotesConfiguration.class)
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("Several instances");
	}

	@Test
	@DisplayName("S3: start when isolation of cache store is copy fails")
	void startWhenIsolationOfCacheStoreIsCopyFails() {
		this.runner.withBean("noteStore", MapCacheStore.class, MapCacheStore::new)
			.withPropertyValues("cache-policy.caches.notes.store=noteStore", "cache-policy.caches.notes.isolation=copy")
			.run(failing("'cache-policy.caches.notes.isolation' is copy, but values of a CacheStore are not entities",
					"instead of 'cache-policy.caches.notes.store'"));
	}

	@Test
	@DisplayName("S3: start when store mode is set with cache store fails")
	void startWhenStoreModeIsSetWithCacheStoreFails() {
		this.runner.withUserConfiguration(WriteBackNotesConfiguration.class)
			.withPropertyValues("cache-policy.caches.notes.write-back.store-mode=bulk")
			.run(failing("'cache-policy.caches.notes.write-back.store-mode' is bulk, but values of a CacheStore",
					"Remove the property"));
	}

	@Test
	@DisplayName("S3: start when cache is to win over cache store fails")
	void startWhenCacheIsToWinOverCacheStoreFails() {
		this.runner.withUserConfiguration(WriteBackNotesConfiguration.class)
			.withPropertyValues("cache-policy.caches.notes.write-back.on-conflict=cache-wins")
			.run(failing("'cache-policy.caches.notes.write-back.on-conflict' is cache-wins, but values of a CacheStore",
					"Let the CacheStore overwrite"));
	}

	@Test
	void startWhenCacheStoreInheritsStoreModeAndConflictsStarts() {
		this.runner.withUserConfiguration(WriteBackNotesConfiguration.class)
			.withPropertyValues("cache-policy.defaults.write-back.store-mode=bulk",
					"cache-policy.defaults.write-back.on-conflict=cache-wins",
					"cache-policy.caches.notes.write-back.batch-size=5")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void startWhenCacheStoreReportsConflictsStarts() {
		this.runner.withUserConfiguration(WriteBackNotesConfiguration.class)
			.withPropertyValues("cache-policy.caches.notes.write-back.store-mode=auto",
					"cache-policy.caches.notes.write-back.on-conflict=store-wins")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	@DisplayName("S3: start when writes are limited without library fails")
	void startWhenWritesAreLimitedWithoutLibraryFails() {
		for (String prefix : List.of("cache-policy.caches.notes", "cache-policy.defaults")) {
			this.runner.withBean("notes", MapCacheStore.class)
				.withClassLoader(new FilteredClassLoader(Bucket.class))
				.withPropertyValues("cache-policy.caches.notes.policy=write-back",
						prefix + ".write-back.max-writes-per-second=100")
				.run(failing("'" + prefix + ".write-back.max-writes-per-second' is 100, but Bucket4j",
						"'com.bucket4j:bucket4j_jdk17-core'"));
		}
	}

	@Test
	void startWhenWritesAreNotLimitedNeedsNoLibrary() {
		this.runner.withBean("notes", MapCacheStore.class)
			.withClassLoader(new FilteredClassLoader(Bucket.class))
			.withPropertyValues("cache-policy.caches.notes.policy=write-back",
					"cache-policy.caches.notes.write-back.max-writes-per-second=0")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void startWhenWritesAreLimitedWithLibraryStarts() {
		this.runner.withUserConfiguration(WriteBackNotesConfiguration.class)
			.withPropertyValues("cache-policy.caches.notes.write-back.max-writes-per-second=100")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	@DisplayName("S3: start when value without key has no store fails")
	void startWhenValueWithoutKeyHasNoStoreFails() {
		this.runner.withUserConfiguration(KeylessConfiguration.class)
			.run(failing("has no 'key', and the cache 'keyless' has no store", "'cache-policy.caches.keyless.entity'"));
	}

	@Test
	@DisplayName("S3: start when key is ambiguous fails")
	void startWhenKeyIsAmbiguousFails() {
		this.runner.withUserConfiguration(AmbiguousKeyConfiguration.class)
			.run(failing("Ambiguous.find has 2 parameters and no 'key'", "Set 'key'"));
	}

	@Test
	@DisplayName("S3: start when many values are written fails")
	void startWhenManyValuesAreWrittenFails() {
		this.runner.withUserConfiguration(ManyValuesConfiguration.class)
			.run(failing("ManyValues.writeAll writes many values", "PolicyCache.putAll"));
	}

	@Test
	@DisplayName("S3: start when annotation is invalid fails")
	void startWhenAnnotationIsInvalidFails() {
		this.runner.withUserConfiguration(InvalidConfiguration.class)
			.run(failing("Invalid.find names no cache", "Set 'cache'"));
	}

	@Test
	@DisplayName("S3: start when setting is invalid fails")
	void startWhenSettingIsInvalidFails() {
		this.runner.withPropertyValues("cache-policy.caches.pages.maximum-size=-1")
			.run(failing("Property 'cache-policy.caches.pages.maximum-size' is -1", "above 0"));
	}

	@Test
	@DisplayName("S3: start when methods are used without enable caching fails")
	void startWhenMethodsAreUsedWithoutEnableCachingFails() {
		this.plainRunner.withUserConfiguration(NotesConfiguration.class)
			.run(failing("Notes.find", "but caching is not enabled", "Add @EnableCaching"));
	}

	@Test
	@DisplayName("S3: start when methods are used with foreign manager fails")
	void startWhenMethodsAreUsedWithForeignManagerFails() {
		this.runner.withUserConfiguration(NotesConfiguration.class)
			.withBean("myManager", CaffeineCacheManager.class)
			.run(failing("the cache manager 'myManager' has no write policies", "Remove the bean 'myManager'"));
	}

	@Test
	@DisplayName("S3: start when methods are used with other type fails")
	void startWhenMethodsAreUsedWithOtherTypeFails() {
		this.runner.withUserConfiguration(NotesConfiguration.class)
			.withPropertyValues("spring.cache.type=simple")
			.run(failing("'spring.cache.type' is SIMPLE", "Remove 'spring.cache.type'"));
	}

	@Test
	@DisplayName("S3: start when methods are used with cache resolver fails")
	void startWhenMethodsAreUsedWithCacheResolverFails() {
		this.runner.withUserConfiguration(NotesConfiguration.class, CacheResolverConfiguration.class)
			.run(failing("there is a bean 'cacheResolver'"));
	}

	@Test
	@DisplayName("S3: start when methods are used without library fails")
	void startWhenMethodsAreUsedWithoutLibraryFails() {
		this.runner.withUserConfiguration(NotesConfiguration.class)
			.withClassLoader(new FilteredClassLoader(EntityManager.class))
			.withPropertyValues("spring.cache.type=caffeine")
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.isInstanceOf(PolicyCachedUnusedException.class));
	}

	@Test
	void startWhenNoMethodsAreUsedAndManagerIsForeignStarts() {
		this.runner.withUserConfiguration(PagesConfiguration.class)
			.withBean(ConcurrentMapCacheManager.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void shutdownTimeoutIsBound() {
		this.runner.withPropertyValues("cache-policy.shutdown-timeout=3s")
			.run((context) -> assertThat(context.getBean(CachePolicyProperties.class).getShutdownTimeout())
				.isEqualTo(Duration.ofSeconds(3)));
	}

	private static ContextConsumer<AssertableApplicationContext> failing(String... texts) {
		return (context) -> {
			assertThat(context).hasFailed();
			assertThat(describe(context.getStartupFailure())).contains(texts);
		};
	}

	private static String describe(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof InvalidPolicyCacheException) {
				FailureAnalysis analysis = new InvalidPolicyCacheFailureAnalyzer().analyze(failure);
				return analysis.getDescription() + "\n" + analysis.getAction();
			}
		}
		StringBuilder messages = new StringBuilder();
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			messages.append(cause.getMessage()).append('\n');
		}
		return messages.toString();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class KeylessConfiguration {

		@Bean
		Keyless keyless() {
			return new Keyless();
		}

	}

	static class Keyless {

		@PolicyCached(cache = "keyless", operation = PolicyCached.Operation.WRITE)
		String write(String value) {
			return value;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching(proxyTargetClass = true)
	static class CachingConfiguration {

	}

	static class Notes {

		@PolicyCached("notes")
		String find(long id) {
			return "note " + id;
		}

		@PolicyCached(cache = "notes", operation = WRITE, key = "#id")
		String write(long id, String note) {
			return note;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NotesWithoutStoreConfiguration {

		@Bean
		Notes noteService() {
			return new Notes();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NotesConfiguration extends NotesWithoutStoreConfiguration {

		@Bean
		MapCacheStore notes() {
			return new MapCacheStore();
		}

	}

	static class WriteBackNotes {

		@PolicyCached(cache = "notes", operation = WRITE, key = "#id", policy = WRITE_BACK)
		String write(long id, String note) {
			return note;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WriteBackNotesConfiguration extends NotesConfiguration {

		@Bean
		WriteBackNotes writeBackNotes() {
			return new WriteBackNotes();
		}

	}

	static class Pages {

		@Cacheable("pages")
		String find(int page) {
			return "page " + page;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PagesConfiguration {

		@Bean
		Pages pages() {
			return new Pages();
		}

	}

	static class Underscore {

		@PolicyCached("my_notes")
		String find(long id) {
			return "note " + id;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UnderscoreConfiguration {

		@Bean
		Underscore underscore() {
			return new Underscore();
		}

	}

	static class Ambiguous {

		@PolicyCached("notes")
		String find(long id, String language) {
			return "note " + id;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AmbiguousKeyConfiguration extends NotesConfiguration {

		@Bean
		Ambiguous ambiguous() {
			return new Ambiguous();
		}

	}

	static class ManyValues {

		@PolicyCached(cache = "notes", operation = WRITE)
		List<String> writeAll(List<String> notes) {
			return notes;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ManyValuesConfiguration extends NotesConfiguration {

		@Bean
		ManyValues manyValues() {
			return new ManyValues();
		}

	}

	static class Invalid {

		@PolicyCached
		String find(long id) {
			return "note " + id;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InvalidConfiguration {

		@Bean
		Invalid invalid() {
			return new Invalid();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyConfiguration {

		@Bean
		@Lazy
		Notes lazyNotes() {
			throw new IllegalStateException("created");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CacheResolverConfiguration implements CachingConfigurer {

		@Bean
		@Override
		public CacheResolver cacheResolver() {
			return new SimpleCacheResolver(new ConcurrentMapCacheManager());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CustomizerConfiguration {

		private final List<String> customized = new ArrayList<>();

		@Bean
		CacheManagerCustomizer<CaffeinePolicyCacheManager> managerCustomizer() {
			return (manager) -> manager.getCache("customized");
		}

		@Bean
		PolicyCacheCustomizer cacheCustomizer() {
			return (name, caffeine) -> this.customized.add(name);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TransactionManagerConfiguration {

		@Bean
		TestTransactionManager transactionManager() {
			TestTransactionManager manager = new TestTransactionManager();
			new TransactionClockRegistrar().postProcessAfterInitialization(manager, "transactionManager");
			return manager;
		}

	}

	@SuppressWarnings("serial")
	static class TestTransactionManager extends AbstractPlatformTransactionManager {

		@Override
		protected Object doGetTransaction() {
			return this;
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
		}

	}

}
