package io.cachepolicy.jpa;

import java.util.Collection;
import java.util.Map;
import java.util.UUID;

import io.cachepolicy.CacheStore;
import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.jpa.domain.Account;
import io.cachepolicy.jpa.domain.Book;
import io.cachepolicy.jpa.domain.Category;
import io.cachepolicy.jpa.domain.Cell;
import io.cachepolicy.jpa.domain.Country;
import io.cachepolicy.jpa.domain.JpaTestContext;
import io.cachepolicy.jpa.domain.Product;
import io.cachepolicy.jpa.domain.Review;
import io.cachepolicy.settings.CacheSpec;
import io.cachepolicy.settings.OnConflict;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.CacheStoreAdapter;
import io.cachepolicy.testsupport.Specs;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.FilterType;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.data.repository.Repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link JpaBackingStoreResolver} (S3).
 */
@ExtendWith(OutputCaptureExtension.class)
class JpaBackingStoreResolverIntegrationTests {

	private static JpaTestContext context;

	private final JpaBackingStoreResolver resolver = new JpaBackingStoreResolver(context.getContext());

	@BeforeAll
	static void start() {
		context = new JpaTestContext("jdbc:h2:mem:resolver;DB_CLOSE_DELAY=-1", Beans.class);
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	private static CacheSpec spec(String name, Class<?> entity, String repository, String store) {
		CacheSpec spec = Specs.of(name).build();
		return new CacheSpec(name, spec.policy(), spec.bounds(), spec.isolation(), spec.cacheAbsent(),
				spec.invalidates(), spec.trackChanges(), spec.detachedReads(), spec.clustered(), entity, repository,
				store, spec.writeBack());
	}

	private BackingStore resolve(String name, Class<?> entity, String repository, String store) {
		return this.resolver.resolve(spec(name, entity, repository, store), null);
	}

	private static void assertInvalid(ThrowingCallable call, String action, String... description) {
		assertThatExceptionOfType(InvalidPolicyCacheException.class).isThrownBy(call).satisfies((ex) -> {
			assertThat(ex).hasMessageContainingAll(description);
			assertThat(ex.getAction()).contains(action);
		});
	}

	@Test
	void resolveReturnsNullWhenThereIsNoStore() {
		assertThat(this.resolver.resolve(spec("plain", null, null, null), null)).isNull();
		assertThat(this.resolver.resolve(spec("plain", null, null, null), String.class)).isNull();
	}

	@Test
	void resolveAsksForNoBeanWhenApplicationHasNoJpa() {
		JpaBackingStoreResolver empty = new JpaBackingStoreResolver(new DefaultListableBeanFactory());
		assertThat(empty.resolve(spec("plain", null, null, null), Product.class)).isNull();
	}

	@Test
	void resolveReturnsRepositoryOfInferredEntity() {
		BackingStore store = this.resolver.resolve(spec("products", null, null, null), Product.class);
		assertThat(store).isInstanceOf(RepositoryStore.class);
		assertThat(store.keys().getValueType()).isEqualTo(Product.class);
	}

	@Test
	void resolveReturnsRepositoryOfConfiguredEntity() {
		assertThat(resolve("products", Product.class, null, null)).isInstanceOf(RepositoryStore.class);
		BackingStore store = this.resolver.resolve(spec("products", Product.class, null, null), Country.class);
		assertThat(store).isNotNull();
		assertThat(store.keys().getValueType()).isEqualTo(Product.class);
	}

	@Test
	void resolveReturnsConfiguredRepository() {
		BackingStore store = resolve("books", null, "bookRepository", null);
		assertThat(store.keys().getValueType()).isEqualTo(Book.class);
		assertThat(resolve("books", Book.class, "bookRepository", null)).isInstanceOf(RepositoryStore.class);
	}

	@Test
	void resolveReturnsConfiguredStore() {
		assertThat(resolve("other", null, null, "prices")).isInstanceOf(CacheStoreAdapter.class);
	}

	@Test
	void resolveReturnsStoreWithNameOfCache() {
		assertThat(this.resolver.resolve(spec("prices", null, null, null), Product.class))
			.isInstanceOf(CacheStoreAdapter.class);
	}

	@Test
	void resolveFailsWhenRepositoryDoesNotExist() {
		assertInvalid(() -> resolve("my.cache", null, "missing", null), "Correct the name",
				"'cache-policy.caches[my.cache].repository'", "'missing'");
	}

	@Test
	void resolveFailsWhenBeanIsNoRepository() {
		assertInvalid(() -> resolve("books", null, "prices", null), "a Spring Data repository",
				"'cache-policy.caches.books.repository'", "'prices'");
	}

	@Test
	@DisplayName("a repository that can't save and delete is not needed to")
	void resolveUsesEntityManagerWhenRepositoryIsNoCrudRepository() {
		String name = context.getContext().getBeanNamesForType(Cells.class)[0];
		assertThat(resolve("cells", null, name, null).keys().getValueType()).isEqualTo(Cell.class);
	}

	@Test
	@DisplayName("an entity needs no repository")
	void resolveUsesEntityManagerWhenEntityHasNoRepository() {
		assertThat(resolve("reviews", Review.class, null, null).keys().getValueType()).isEqualTo(Review.class);
		assertThat(this.resolver.resolve(spec("plain", null, null, null), Review.class)).isNotNull();
	}

	@Test
	void resolveFailsWhenClassIsNoEntity() {
		assertInvalid(() -> resolve("strings", String.class, null, null), "Name a JPA entity",
				"'cache-policy.caches.strings.entity'", "java.lang.String");
	}

	@Test
	void resolveFailsWhenEntityHasSeveralRepositories() {
		String other = context.getContext().getBeanNamesForType(OtherAccounts.class)[0];
		assertInvalid(() -> resolve("accounts", Account.class, null, null),
				"Set 'cache-policy.caches.accounts.repository'", "accountRepository", other);
		assertInvalid(() -> this.resolver.resolve(spec("accounts", null, null, null), Account.class),
				"Set 'cache-policy.caches.accounts.repository'", "accountRepository", other);
		assertThat(resolve("accounts", null, other, null)).isInstanceOf(RepositoryStore.class);
	}

	@Test
	void resolveFailsWhenEntityAndRepositoryDiffer() {
		assertInvalid(() -> resolve("books", Product.class, "bookRepository", null),
				"Remove 'cache-policy.caches.books.entity'", "'cache-policy.caches.books.entity'",
				"'cache-policy.caches.books.repository'", Product.class.getName(), Book.class.getName());
	}

	@Test
	void resolveFailsWhenThereAreTwoStores() {
		assertInvalid(() -> resolve("books", null, "bookRepository", "prices"),
				"Remove 'cache-policy.caches.books.repository'", "'prices'");
		assertInvalid(() -> resolve("prices", Book.class, null, null), "another name",
				"'cache-policy.caches.prices.entity'");
	}

	@Test
	void resolveFailsWhenStoreDoesNotExistOrIsNone() {
		assertInvalid(() -> resolve("books", null, null, "missing"), "Correct the name",
				"'cache-policy.caches.books.store'", "'missing'");
		assertInvalid(() -> resolve("books", null, null, "bookRepository"), "a CacheStore",
				"'cache-policy.caches.books.store'", "'bookRepository'");
	}

	@Test
	void resolveWarnsOnceWhenBatchingIsOff(CapturedOutput output) {
		try (JpaTestContext unbatched = new JpaTestContext("jdbc:h2:mem:unbatched;DB_CLOSE_DELAY=-1",
				Map.of("spring.jpa.properties.hibernate.jdbc.batch_size", "1"))) {
			JpaBackingStoreResolver resolver = new JpaBackingStoreResolver(unbatched.getContext());
			resolver.resolve(Specs.of("books").build(), Book.class);
			assertThat(output).doesNotContain("batching");
			resolver.resolve(Specs.of("books").policy(WritePolicy.WRITE_BACK).build(), Book.class);
			resolver.resolve(Specs.of("countries").policy(WritePolicy.WRITE_BACK).build(), Country.class);
		}
		assertThat(output.getOut().split("JDBC batching is off", -1)).hasSize(2);
		assertThat(output).contains("'spring.jpa.properties.hibernate.jdbc.batch_size'", "order_inserts",
				"order_updates");
		assertThat(output).doesNotContain("IDENTITY");
	}

	@Test
	void resolveWarnsOfNothingWhenBatchingIsOn(CapturedOutput output) {
		resolveWriteBack("books", Book.class);
		assertThat(output).doesNotContain("batching");
	}

	@Test
	void resolveWarnsOnceOfEntityWhenIdsAreIdentity(CapturedOutput output) {
		resolveWriteBack("products", Product.class);
		resolveWriteBack("more-products", Product.class);
		resolveWriteBack("accounts", Category.class);
		assertThat(output.getOut().split("are IDENTITY columns", -1)).hasSize(2);
		assertThat(output).contains(Product.class.getName(), "'products'");
	}

	@Test
	void resolveWarnsWhenConflictsOfEntityCanNotBeNoticed(CapturedOutput output) {
		Specs writeBack = Specs.of("books").policy(WritePolicy.WRITE_BACK);
		this.resolver.resolve(writeBack.build(), Country.class);
		this.resolver.resolve(writeBack.onConflict(OnConflict.STORE_WINS).build(), Product.class);
		assertThat(output).doesNotContain("on-conflict");
		this.resolver.resolve(writeBack.onConflict(OnConflict.CACHE_WINS).build(), Country.class);
		assertThat(output).contains("'on-conflict' has no effect on the cache 'books'", Country.class.getName());
	}

	@Test
	void resolveWarnsOfNothingWhenCacheWritesThrough(CapturedOutput output) {
		resolve("products", Product.class, null, null);
		assertThat(output).doesNotContain("IDENTITY");
	}

	private void resolveWriteBack(String name, Class<?> entity) {
		this.resolver.resolve(Specs.of(name).policy(WritePolicy.WRITE_BACK).build(), entity);
	}

	interface OtherAccounts extends JpaRepository<Account, UUID> {

	}

	interface Cells extends Repository<Cell, Cell.CellId> {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableJpaRepositories(basePackageClasses = JpaBackingStoreResolver.class, considerNestedRepositories = true,
			excludeFilters = @ComponentScan.Filter(type = FilterType.REGEX,
					pattern = "io\\.cachepolicy\\.jpa\\.row\\..*"))
	static class Beans {

		@Bean
		CacheStore<String, String> prices() {
			return new CacheStore<>() {

				@Override
				public String load(String key) {
					return null;
				}

				@Override
				public Map<String, String> saveAll(Map<String, String> entries) {
					return entries;
				}

				@Override
				public void deleteAll(Collection<? extends String> keys) {
				}

			};
		}

	}

}
