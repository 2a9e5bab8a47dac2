package io.cachepolicy.interceptor;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.cachepolicy.PolicyCached;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.interceptor.CacheErrorHandler;
import org.springframework.cache.interceptor.KeyGenerator;
import org.springframework.cache.interceptor.LoggingCacheErrorHandler;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static io.cachepolicy.PolicyCached.Operation.REMOVE;
import static io.cachepolicy.PolicyCached.Operation.WRITE;
import static io.cachepolicy.WritePolicy.WRITE_AROUND;
import static io.cachepolicy.WritePolicy.WRITE_BACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link PolicyCachedInterceptor}.
 */
class PolicyCachedInterceptorTests {

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(
			TestConfiguration.class, TestConfigurer.class);

	private final Products products = this.context.getBean(Products.class);

	private final RecordingCache cache = this.context.getBean(RecordingCacheManager.class).getCache("products");

	private final RecordingCache pages = this.context.getBean(RecordingCacheManager.class).getCache("pages");

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void readWhenMissingLoadsOnceAndNeverWrites() {
		assertThat(this.products.find(1L)).isEqualTo(new Product(1L, "one"));
		assertThat(this.products.find(1L)).isEqualTo(new Product(1L, "one"));
		assertThat(this.products.countInvocations()).isOne();
		assertThat(this.cache.calls()).containsExactly("read 1", "read 1");
		assertThat(this.cache.get(1L).get()).isEqualTo(new Product(1L, "one"));
	}

	@Test
	void readWhenOptionalCachesItsValue() {
		assertThat(this.products.findOptional(1L)).contains(new Product(1L, "one"));
		assertThat(this.products.findOptional(1L)).contains(new Product(1L, "one"));
		assertThat(this.cache.get(1L).get()).isEqualTo(new Product(1L, "one"));
		assertThat(this.cache.calls()).containsExactly("read 1", "read 1");
	}

	@Test
	void readWhenOptionalIsEmptyNeverWrites() {
		assertThat(this.products.findOptional(-1L)).isEmpty();
		assertThat(this.cache.calls()).containsExactly("read -1");
	}

	@Test
	void readWhenNullNeverWrites() {
		assertThat(this.products.find(-1L)).isNull();
		assertThat(this.cache.calls()).containsExactly("read -1");
	}

	@Test
	void readWhenFutureCachesItsValue() {
		assertThat(this.products.findLater(1L)).isCompletedWithValue(new Product(1L, "one"));
		assertThat(this.products.findLater(1L)).isCompletedWithValue(new Product(1L, "one"));
		assertThat(this.products.countInvocations()).isOne();
		assertThat(this.cache.calls()).containsExactly("read 1", "read 1");
	}

	@Test
	void readWhenOptionalFutureCachesItsValue() {
		assertThat(this.products.findOptionalLater(1L)).isCompletedWithValue(Optional.of(new Product(1L, "one")));
		assertThat(this.cache.get(1L).get()).isEqualTo(new Product(1L, "one"));
		assertThat(this.products.findOptionalLater(1L)).isCompletedWithValue(Optional.of(new Product(1L, "one")));
		assertThat(this.products.findOptionalLater(-1L)).isCompletedWithValue(Optional.empty());
	}

	@Test
	void readWhenUnlessIsTrueDoesNotCache() {
		this.products.findUnlessHidden(new Id(1L));
		assertThat(this.cache.get(1L)).isNotNull();
		assertThat(this.products.findUnlessHidden(new Id(2L)).name()).isEqualTo("hidden");
		assertThat(this.cache.get(2L)).isNull();
	}

	@Test
	void readWhenConditionIsFalseBypassesCache() {
		this.products.findIfPositive(-1L);
		assertThat(this.cache.calls()).isEmpty();
	}

	@Test
	void readWhenEvictsEvictsOnlyIfBodyRan() {
		this.products.findEvicting(1L);
		this.products.findEvicting(1L);
		assertThat(this.pages.calls()).containsExactly("evict one");
	}

	@Test
	void readWhenBodyFailsThrowsItsException() {
		assertThatIllegalStateException().isThrownBy(() -> this.products.findFailing(1L)).withMessage("body");
	}

	@Test
	void readWhenKeyIsNullFails() {
		assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> this.products.findByName(null))
			.withMessageContaining("Null key");
	}

	@Test
	void readAgainWhenBodyFailsThrowsItsException() throws IOException {
		assertThat(this.products.findChecked(1L)).isEqualTo(new Product(1L, "one"));
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.products.findChecked(-1L))
			.withMessage("body")
			.withNoCause();
	}

	@Test
	void readAgainWhenKeyIsNullFails() {
		assertThat(this.products.findByName("none")).isNull();
		assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> this.products.findByName(null))
			.withMessageContaining("Null key");
	}

	@Test
	void readAgainWhenCacheFailsAsksErrorHandler() {
		assertThat(this.products.find(1L)).isEqualTo(new Product(1L, "one"));
		this.cache.failWith(new IllegalStateException("cache"));
		assertThat(this.products.find(1L)).isEqualTo(new Product(1L, "one"));
		assertThat(this.products.countInvocations()).isEqualTo(2);
	}

	@Test
	void readAgainWhenNullNeverWrites() {
		this.products.find(1L);
		assertThat(this.products.find(-1L)).isNull();
		assertThat(this.cache.calls()).containsExactly("read 1", "read -1");
	}

	@Test
	void readAgainWhenOptionalCachesItsValue() {
		this.products.findOptional(1L);
		assertThat(this.products.findOptional(2L)).contains(new Product(2L, "one"));
		assertThat(this.products.findOptional(2L)).contains(new Product(2L, "one"));
		assertThat(this.products.findOptional(-1L)).isEmpty();
		assertThat(this.cache.get(2L).get()).isEqualTo(new Product(2L, "one"));
		assertThat(this.cache.calls()).containsExactly("read 1", "read 2", "read 2", "read -1");
	}

	@Test
	void readAgainWhenConditionIsFalseBypassesCache() {
		this.products.findIfPositive(1L);
		this.products.findIfPositive(-1L);
		assertThat(this.cache.calls()).containsExactly("read 1");
	}

	@Test
	void writeWhenNoKeyTakesKeyOfValue() {
		this.products.write(new Product(1L, "new"));
		assertThat(this.cache.calls()).containsExactly("write id = Product[id=1, name=new] by null");
	}

	@Test
	void writeWhenPolicyIsSetPassesIt() {
		this.products.writeBack(new Product(1L, "new"));
		assertThat(this.cache.calls()).containsExactly("write 1 = Product[id=1, name=new] by WRITE_BACK");
	}

	@Test
	void writeWhenOptionalWritesItsValue() {
		this.products.writeOptional(new Product(1L, "new"));
		assertThat(this.cache.calls()).containsExactly("write 1 = Product[id=1, name=new] by null");
	}

	@Test
	void writeWhenOptionalIsEmptyWritesNothing() {
		assertThat(this.products.writeOptional(null)).isEmpty();
		assertThat(this.cache.calls()).isEmpty();
		assertThat(this.pages.calls()).isEmpty();
	}

	@Test
	void writeWhenNullWritesNothing() {
		assertThat(this.products.writeBack(null)).isNull();
		assertThat(this.cache.calls()).isEmpty();
	}

	@Test
	void writeWhenFutureWritesItsValueOnCompletion() {
		CompletableFuture<Product> body = new CompletableFuture<>();
		CompletableFuture<Product> result = this.products.writeLater(body);
		assertThat(this.cache.calls()).isEmpty();
		body.complete(new Product(1L, "new"));
		assertThat(result).isCompleted();
		assertThat(this.cache.calls()).containsExactly("write 1 = Product[id=1, name=new] by null");
	}

	@Test
	void writeWhenOptionalFutureWritesItsValue() {
		this.products.writeOptionalLater(new Product(1L, "new"));
		this.products.writeOptionalLater(null);
		assertThat(this.cache.calls()).containsExactly("write 1 = Product[id=1, name=new] by null");
	}

	@Test
	void writeWhenFutureFailsWritesNothing() {
		CompletableFuture<Product> result = this.products
			.writeLater(CompletableFuture.failedFuture(new IllegalStateException("body")));
		assertThat(result).isCompletedExceptionally();
		assertThat(this.cache.calls()).isEmpty();
	}

	@Test
	void writeWhenStoreFailsLaterFailsFuture() {
		this.cache.failWith(new IllegalStateException("store"));
		CompletableFuture<Product> result = this.products
			.writeLater(CompletableFuture.completedFuture(new Product(1L, "new")));
		assertThatExceptionOfType(CompletionException.class).isThrownBy(result::join).withMessageContaining("store");
	}

	@Test
	void writeWhenUnlessIsTrueWritesNothing() {
		this.products.writeUnlessHidden(new Product(1L, "hidden"));
		this.products.writeUnlessHidden(new Product(2L, "shown"));
		assertThat(this.cache.calls()).containsExactly("write id = Product[id=2, name=shown] by null");
	}

	@Test
	void writeWhenConditionIsFalseWritesNothing() {
		this.products.writeIfNamed(new Product(1L, ""));
		assertThat(this.cache.calls()).isEmpty();
	}

	@Test
	void writeWhenEvictsEvictsAfterwards() {
		this.products.writeEvicting(new Product(1L, "new"));
		assertThat(this.pages.calls()).containsExactly("clear", "evict new", "evict tester");
	}

	@Test
	void writeWhenBodyFailsWritesNothing() {
		assertThatIllegalStateException().isThrownBy(() -> this.products.writeFailing(1L)).withMessage("body");
		assertThat(this.cache.calls()).isEmpty();
	}

	@Test
	void writeWhenStoreFailsThrowsDespiteErrorHandler() {
		this.cache.failWith(new IllegalStateException("store"));
		assertThatIllegalStateException().isThrownBy(() -> this.products.write(new Product(1L, "new")))
			.withMessage("store");
	}

	@Test
	void writeWhenEvictionFailsAsksErrorHandler() {
		this.pages.failWith(new IllegalStateException("pages"));
		this.products.writeEvicting(new Product(1L, "new"));
		assertThat(this.cache.calls()).hasSize(1);
	}

	@Test
	void removeWhenNoKeyTakesArgument() {
		this.products.remove(1L);
		assertThat(this.cache.calls()).containsExactly("remove 1 by null");
	}

	@Test
	void removeWhenEvictsSeesResult() {
		this.products.removeEvicting(new Product(1L, "old"));
		assertThat(this.cache.calls()).containsExactly("remove 1 by WRITE_AROUND");
		assertThat(this.pages.calls()).containsExactly("evict old");
	}

	@Test
	void removeWhenBodyFailsRemovesNothing() {
		assertThatIllegalStateException().isThrownBy(() -> this.products.removeFailing(1L));
		assertThat(this.cache.calls()).isEmpty();
	}

	@Test
	void removeWhenStoreFailsThrowsDespiteErrorHandler() {
		this.cache.failWith(new IllegalStateException("store"));
		assertThatIllegalStateException().isThrownBy(() -> this.products.remove(1L)).withMessage("store");
	}

	@Test
	void readWhenCacheFailsAsksErrorHandler() {
		this.cache.failWith(new IllegalStateException("cache"));
		assertThat(this.products.find(1L)).isEqualTo(new Product(1L, "one"));
	}

	@Test
	void writeWhenApplicationIsStartingWrites() {
		RecordingCache startup = this.context.getBean(RecordingCacheManager.class).getCache("startup");
		assertThat(startup.calls()).containsExactly("write 9 = Product[id=9, name=first] by null");
	}

	record Id(long value) {

	}

	record Product(long id, String name) {

	}

	static class Products {

		private int invocations;

		int countInvocations() {
			return this.invocations;
		}

		@PolicyCached("products")
		@Nullable Product find(long id) {
			this.invocations++;
			return (id > 0) ? new Product(id, "one") : null;
		}

		@PolicyCached("products")
		Optional<Product> findOptional(long id) {
			return (id > 0) ? Optional.of(new Product(id, "one")) : Optional.empty();
		}

		@PolicyCached("products")
		CompletableFuture<Product> findLater(long id) {
			this.invocations++;
			return CompletableFuture.completedFuture(new Product(id, "one"));
		}

		@PolicyCached("products")
		CompletableFuture<Optional<Product>> findOptionalLater(long id) {
			return CompletableFuture.completedFuture(findOptional(id));
		}

		@PolicyCached(cache = "products", key = "#id.value",
				unless = "#result.name == 'hidden' && #root.args[0] == #id")
		Product findUnlessHidden(Id id) {
			return new Product(id.value(), (id.value() == 2) ? "hidden" : "shown");
		}

		@PolicyCached(cache = "products", condition = "#id > 0")
		@Nullable Product findIfPositive(long id) {
			return find(id);
		}

		@PolicyCached(cache = "products", evicts = "pages::#result.name")
		@Nullable Product findEvicting(long id) {
			return find(id);
		}

		@PolicyCached("products")
		Product findFailing(long id) {
			throw new IllegalStateException("body");
		}

		@PolicyCached("products")
		Product findChecked(long id) throws IOException {
			if (id < 0) {
				throw new IOException("body");
			}
			return new Product(id, "one");
		}

		@PolicyCached(cache = "products", key = "#name")
		@Nullable Product findByName(@Nullable String name) {
			return null;
		}

		@PolicyCached(cache = "products", operation = WRITE)
		Product write(Product product) {
			return product;
		}

		@PolicyCached(cache = "products", operation = WRITE, policy = WRITE_BACK, key = "#result.id")
		@Nullable Product writeBack(@Nullable Product product) {
			return product;
		}

		@PolicyCached(cache = "products", operation = WRITE, key = "#result.id", evicts = "pages")
		Optional<Product> writeOptional(@Nullable Product product) {
			return Optional.ofNullable(product);
		}

		@PolicyCached(cache = "products", operation = WRITE, key = "#result.id")
		CompletableFuture<Product> writeLater(CompletableFuture<Product> product) {
			return product;
		}

		@PolicyCached(cache = "products", operation = WRITE, key = "#result.id")
		CompletableFuture<Optional<Product>> writeOptionalLater(@Nullable Product product) {
			return CompletableFuture.completedFuture(Optional.ofNullable(product));
		}

		@PolicyCached(cache = "products", operation = WRITE, unless = "#result.name == 'hidden'")
		Product writeUnlessHidden(Product product) {
			return product;
		}

		@PolicyCached(cache = "products", operation = WRITE, condition = "!#product.name.empty")
		Product writeIfNamed(Product product) {
			return product;
		}

		@PolicyCached(cache = "products", operation = WRITE,
				evicts = { "pages", "pages::#product.name", "pages::@tester" })
		Product writeEvicting(Product product) {
			return product;
		}

		@PolicyCached(cache = "products", operation = WRITE)
		Product writeFailing(long id) {
			throw new IllegalStateException("body");
		}

		@PolicyCached(cache = "products", operation = REMOVE)
		void remove(long id) {
		}

		@PolicyCached(cache = "products", operation = REMOVE, policy = WRITE_AROUND, key = "#product.id",
				evicts = "pages::#result.name")
		Optional<Product> removeEvicting(Product product) {
			return Optional.of(product);
		}

		@PolicyCached(cache = "products", operation = REMOVE)
		void removeFailing(long id) {
			throw new IllegalStateException("body");
		}

		@PolicyCached(cache = "startup", operation = WRITE, key = "#product.id")
		Product writeAtStart(Product product) {
			return product;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching(proxyTargetClass = true)
	@Import(PolicyCachedConfiguration.class)
	static class TestConfiguration {

		@Bean
		RecordingCacheManager cacheManager() {
			return new RecordingCacheManager();
		}

		@Bean
		String tester() {
			return "tester";
		}

		@Bean
		Products products() {
			return new Products();
		}

		@Bean
		InitializingBean starter(Products products) {
			return () -> products.writeAtStart(new Product(9L, "first"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TestConfigurer implements CachingConfigurer {

		@Override
		public CacheErrorHandler errorHandler() {
			return new LoggingCacheErrorHandler();
		}

		@Override
		public KeyGenerator keyGenerator() {
			return (target, method, params) -> "custom";
		}

	}

}
