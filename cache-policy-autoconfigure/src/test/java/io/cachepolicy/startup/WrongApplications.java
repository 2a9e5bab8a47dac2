package io.cachepolicy.startup;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import javax.sql.DataSource;

import io.cachepolicy.CacheStore;
import io.cachepolicy.PolicyCached;
import io.cachepolicy.autoconfigure.CachePolicyAutoConfiguration;
import io.cachepolicy.autoconfigure.CachePolicyCheckAutoConfiguration;
import io.cachepolicy.startup.parcels.Parcel;
import io.cachepolicy.startup.parcels.ParcelApplication;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.interceptor.CacheResolver;
import org.springframework.cache.interceptor.SimpleCacheResolver;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.data.repository.Repository;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

import static io.cachepolicy.PolicyCached.Operation.READ;
import static io.cachepolicy.PolicyCached.Operation.REMOVE;
import static io.cachepolicy.PolicyCached.Operation.WRITE;
import static io.cachepolicy.WritePolicy.WRITE_AROUND;
import static io.cachepolicy.WritePolicy.WRITE_BACK;

/**
 * Applications that must not start, and what those that start without them are made of.
 */
final class WrongApplications {

	private WrongApplications() {
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ CachePolicyAutoConfiguration.class, CachePolicyCheckAutoConfiguration.class,
			CacheAutoConfiguration.class })
	static class WithoutCaching {

	}

	/**
	 * An application without JPA: {@code notes} has a store and is written back to, and
	 * {@code pages} has no store.
	 */
	@EnableCaching(proxyTargetClass = true)
	@Import(Notes.class)
	static class Application extends WithoutCaching {

		@Bean("notes")
		NoteStore noteStore() {
			return new NoteStore();
		}

		@Bean("somethingElse")
		Object object() {
			return new Object();
		}

	}

	static class Notes {

		@PolicyCached("notes")
		String find(long id) {
			return "note " + id;
		}

		@PolicyCached(cache = "notes", operation = WRITE, policy = WRITE_BACK, key = "#id")
		String write(long id, String note) {
			return note;
		}

	}

	static class NoteStore implements CacheStore<Long, String> {

		@Override
		public @Nullable String load(Long key) {
			return null;
		}

		@Override
		public Map<Long, String> saveAll(Map<Long, String> entries) {
			return entries;
		}

		@Override
		public void deleteAll(Collection<? extends Long> keys) {
		}

	}

	@Import(Notes.class)
	static class NotEnabled extends WithoutCaching {

	}

	static class OtherManager extends Application {

		@Bean
		ConcurrentMapCacheManager myManager() {
			return new ConcurrentMapCacheManager();
		}

	}

	static class OtherResolver extends Application implements CachingConfigurer {

		@Bean
		@Override
		public CacheResolver cacheResolver() {
			return new SimpleCacheResolver(new ConcurrentMapCacheManager());
		}

	}

	@EnableCaching(proxyTargetClass = true)
	@Import(Pages.class)
	static class LimitedNames extends WithoutCaching {

	}

	static class Pages {

		@PolicyCached(cache = "pages", evicts = "covers")
		String find(long id) {
			return "page " + id;
		}

		@Cacheable("spring-pages")
		String findOther(long id) {
			return "page " + id;
		}

	}

	@EnableCaching(proxyTargetClass = true)
	@Import(Underscored.class)
	static class Underscore extends WithoutCaching {

	}

	static class Underscored {

		@PolicyCached("my_notes")
		String find(long id) {
			return "note " + id;
		}

	}

	static class NoName {

		@PolicyCached
		String find(long id) {
			return "note " + id;
		}

	}

	static class TwoOperations {

		@PolicyCached(cache = "notes", operation = { READ, WRITE })
		String find(long id) {
			return "note " + id;
		}

	}

	static class TwoPolicies {

		@PolicyCached(cache = "notes", operation = WRITE, policy = { WRITE_BACK, WRITE_AROUND }, key = "#id")
		String write(long id) {
			return "note " + id;
		}

	}

	static class TwoAnnotations {

		@PolicyCached("notes")
		@NotesCached
		String find(long id) {
			return "note " + id;
		}

	}

	@PolicyCached("notes")
	@java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
	@interface NotesCached {

	}

	static class PrivateMethod {

		@PolicyCached("notes")
		private String find(long id) {
			return "note " + id;
		}

		String use() {
			return find(1);
		}

	}

	static class FinalMethod {

		@PolicyCached("notes")
		final String find(long id) {
			return "note " + id;
		}

	}

	static class StaticMethod {

		@PolicyCached("notes")
		static String find(long id) {
			return "note " + id;
		}

	}

	static class VoidRead {

		@PolicyCached("notes")
		void find(long id) {
		}

	}

	static class VoidWrite {

		@PolicyCached(cache = "notes", operation = WRITE, key = "#id")
		void write() {
		}

	}

	static class VoidFuture {

		@PolicyCached(cache = "notes", operation = WRITE, key = "#id")
		CompletableFuture<Void> write() {
			return CompletableFuture.completedFuture(null);
		}

	}

	static class ManyValues {

		@PolicyCached(cache = "notes", operation = WRITE)
		List<String> write(List<String> notes) {
			return notes;
		}

	}

	static class TwoParameters {

		@PolicyCached("notes")
		String find(long id, String language) {
			return "note " + id;
		}

	}

	static class NoParameter {

		@PolicyCached(cache = "notes", operation = REMOVE)
		void remove() {
		}

	}

	static class NoKeyOfValue {

		@PolicyCached(cache = "keyless", operation = WRITE)
		String write(String note) {
			return note;
		}

	}

	static class MalformedKey {

		@PolicyCached(cache = "notes", key = "#id +")
		String find(long id) {
			return "note " + id;
		}

	}

	static class UnknownParameter {

		@PolicyCached(cache = "notes", key = "#ident")
		String find(long id, String language) {
			return "note " + id;
		}

	}

	static class PropertyOfUnknownParameter {

		@PolicyCached(cache = "notes", operation = WRITE, key = "#other.length()")
		String write(String note) {
			return note;
		}

	}

	static class MalformedCondition {

		@PolicyCached(cache = "notes", condition = "#id >")
		String find(long id) {
			return "note " + id;
		}

	}

	static class MalformedUnless {

		@PolicyCached(cache = "notes", unless = "(#result")
		String find(long id) {
			return "note " + id;
		}

	}

	static class MalformedEviction {

		@PolicyCached(cache = "notes", evicts = "pages::#result.")
		String find(long id) {
			return "note " + id;
		}

	}

	static class EvictionWithoutKey {

		@PolicyCached(cache = "notes", evicts = "pages::")
		String find(long id) {
			return "note " + id;
		}

	}

	static class EvictionWithoutName {

		@PolicyCached(cache = "notes", evicts = "::#id")
		String find(long id) {
			return "note " + id;
		}

	}

	static class ResultInKeyOfRead {

		@PolicyCached(cache = "notes", key = "#result")
		String find(long id) {
			return "note " + id;
		}

	}

	static class ResultInConditionOfRead {

		@PolicyCached(cache = "notes", condition = "#result != null")
		String find(long id) {
			return "note " + id;
		}

	}

	static class UnlessOnRemove {

		@PolicyCached(cache = "notes", operation = REMOVE, unless = "#id == 1")
		void remove(long id) {
		}

	}

	/**
	 * Two methods on the cache of the parcels, one of which reads something else.
	 */
	@Import(ParcelNames.class)
	static class TwoTypes extends ParcelApplication {

	}

	static class ParcelNames {

		@PolicyCached("parcels")
		String find(long id) {
			return "parcel " + id;
		}

	}

	@EntityScan(basePackageClasses = WrongApplications.class)
	@EnableJpaRepositories(basePackageClasses = WrongApplications.class, considerNestedRepositories = true)
	static class TwoRepositories extends ParcelApplication {

	}

	/**
	 * An application with two transaction managers, neither of which is for JPA.
	 */
	static class NoTransactionManager extends ParcelApplication {

		@Bean
		PlatformTransactionManager first(DataSource dataSource) {
			return new DataSourceTransactionManager(dataSource);
		}

		@Bean
		PlatformTransactionManager second(DataSource dataSource) {
			return new DataSourceTransactionManager(dataSource);
		}

	}

	interface OtherParcelRepository extends JpaRepository<Parcel, Long> {

	}

	interface ReadOnlyParcelRepository extends Repository<Parcel, Long> {

		@Nullable Parcel findById(Long id);

	}

}
