package io.cachepolicy.interceptor;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.PolicyCached;
import io.cachepolicy.PolicyCached.Operation;
import io.cachepolicy.WritePolicy;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

import org.springframework.cache.interceptor.CacheEvictOperation;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CachePutOperation;
import org.springframework.cache.interceptor.CacheableOperation;
import org.springframework.core.annotation.AliasFor;

import static io.cachepolicy.PolicyCached.Operation.REMOVE;
import static io.cachepolicy.PolicyCached.Operation.WRITE;
import static io.cachepolicy.WritePolicy.WRITE_BACK;
import static io.cachepolicy.WritePolicy.WRITE_THROUGH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link PolicyCacheAnnotationParser}.
 */
class PolicyCacheAnnotationParserTests {

	private final PolicyCacheAnnotationParser parser = new PolicyCacheAnnotationParser();

	@Test
	void parseWhenReadReturnsSynchronizedCacheableWithoutUnless() {
		PolicyCachedOperation parsed = parse(Valid.class, "read");
		assertThat(parsed.kind()).isEqualTo(Operation.READ);
		assertThat(parsed.operation()).isInstanceOfSatisfying(CacheableOperation.class, (operation) -> {
			assertThat(operation.getCacheNames()).containsExactly("products");
			assertThat(operation.isSync()).isTrue();
			assertThat(operation.getUnless()).isNullOrEmpty();
			assertThat(operation.getKey()).isEqualTo("#id");
			assertThat(operation.getCondition()).isEqualTo("#id > 0");
		});
		assertThat(parsed.unless()).isEqualTo("#result.hidden");
		assertThat(parsed.hasKey()).isTrue();
		assertThat(parsed.policy()).isNull();
	}

	@Test
	void parseWhenWriteReturnsCachePut() {
		PolicyCachedOperation parsed = parse(Valid.class, "write");
		assertThat(parsed.kind()).isEqualTo(WRITE);
		assertThat(parsed.policy()).isEqualTo(WRITE_BACK);
		assertThat(parsed.hasKey()).isFalse();
		assertThat(parsed.operation()).isInstanceOfSatisfying(CachePutOperation.class,
				(operation) -> assertThat(operation.getUnless()).isEqualTo("#result.hidden"));
		assertThat(parsed.evictions()).containsExactly(new EvictExpression("pages", null),
				new EvictExpression("shelves", "#result.shelf"));
	}

	@Test
	void parseWhenRemoveReturnsEvictAfterInvocation() {
		PolicyCachedOperation parsed = parse(Valid.class, "remove");
		assertThat(parsed.operation()).isInstanceOfSatisfying(CacheEvictOperation.class, (operation) -> {
			assertThat(operation.isBeforeInvocation()).isFalse();
			assertThat(operation.isCacheWide()).isFalse();
		});
	}

	@Test
	void parseWhenMetaAnnotatedMergesAttributes() {
		PolicyCachedOperation parsed = parse(Valid.class, "meta");
		assertThat(parsed.kind()).isEqualTo(WRITE);
		assertThat(parsed.cacheName()).isEqualTo("products");
		assertThat(parsed.operation().getKey()).isEqualTo("#name");
	}

	@Test
	void parseWhenInterfaceIsAnnotatedUsesItsAnnotation() {
		assertThat(parse(Implementation.class, "find").cacheName()).isEqualTo("contract");
	}

	@Test
	void parseWhenOverriddenUsesNearestAnnotation() {
		assertThat(parse(Overriding.class, "find").cacheName()).isEqualTo("own");
	}

	@Test
	void parseWhenTypeIsAnnotatedCompletesAttributes() {
		PolicyCachedOperation parsed = parse(Defaults.class, "annotated");
		assertThat(parsed.cacheName()).isEqualTo("defaults");
		assertThat(parsed.policy()).isEqualTo(WRITE_BACK);
		assertThat(parsed.evictions()).containsExactly(new EvictExpression("pages", null));
		assertThat(parsed.unless()).isEqualTo("#result == null");
	}

	@Test
	void parseWhenTypeIsAnnotatedKeepsAttributesOfMethod() {
		PolicyCachedOperation parsed = parse(Defaults.class, "overriding");
		assertThat(parsed.cacheName()).isEqualTo("own");
		assertThat(parsed.policy()).isEqualTo(WRITE_THROUGH);
		assertThat(parsed.evictions()).containsExactly(new EvictExpression("shelves", null));
	}

	@Test
	void parseWhenRemoveInheritsUnlessIgnoresIt() {
		assertThat(parse(Defaults.class, "remove").unless()).isEmpty();
	}

	@Test
	void parseWhenOnlyTypeIsAnnotatedReturnsNull() {
		assertThat(parse(Defaults.class, "plain")).isNull();
	}

	@Test
	void findWhenOperationIsForeignReturnsNull() {
		CacheOperation operation = new CacheEvictOperation.Builder().build();
		assertThat(this.parser.find(operation)).isNull();
	}

	@Test
	void findWhenOperationWasParsedReturnsIt() {
		CacheOperation operation = parse(Valid.class, "write").operation();
		assertThat(this.parser.find(operation).kind()).isEqualTo(WRITE);
	}

	@Test
	void parseWhenKeyIsParameterFindsArgument() {
		assertThat(parse(Valid.class, "read").keyArgument()).isZero();
		assertThat(parse(Valid.class, "second").keyArgument()).isEqualTo(1);
		assertThat(parse(Valid.class, "property").keyArgument()).isEqualTo(-1);
		assertThat(parse(Valid.class, "remove").keyArgument()).isEqualTo(-1);
	}

	@Test
	void parseWhenNoCacheNameFails() {
		assertInvalid("noName").hasMessageEndingWith("names no cache");
	}

	@Test
	void parseWhenSeveralOperationsFails() {
		assertInvalid("twoOperations").hasMessageEndingWith("has more than one 'operation'");
	}

	@Test
	void parseWhenSeveralPoliciesFails() {
		assertInvalid("twoPolicies").hasMessageEndingWith("has more than one 'policy'");
	}

	@Test
	void parseWhenUnlessOnRemoveFails() {
		assertInvalid("unlessOnRemove").hasMessageContaining("REMOVE method with 'unless'");
	}

	@Test
	void parseWhenEvictsHasNoKeyFails() {
		assertInvalid("evictsWithoutKey").hasMessageContaining("malformed 'evicts': 'pages::' is neither");
	}

	@Test
	void parseWhenEvictsHasNoNameFails() {
		assertInvalid("evictsWithoutName").hasMessageContaining("malformed 'evicts': '::#id' is neither");
	}

	@Test
	void parseWhenExpressionIsMalformedFails() {
		assertInvalid("malformedKey").hasMessageContaining("malformed 'key'");
		assertInvalid("malformedEvicts").hasMessageContaining("malformed 'evicts'");
	}

	@Test
	void parseWhenReadKeyUsesResultFails() {
		assertInvalid("readKeyOfResult").hasMessageContaining("READ method whose 'key' uses #result");
	}

	@Test
	void parseWhenAnnotatedTwiceFails() {
		assertInvalid("twice").hasMessageEndingWith("has more than one @PolicyCached annotation");
	}

	@Test
	void parseWhenNothingIsReturnedFails() {
		assertInvalid("voidWrite").hasMessageEndingWith("is a WRITE method that neither takes nor returns anything");
		assertInvalid("voidFuture").hasMessageEndingWith("is a WRITE method that neither takes nor returns anything");
		assertInvalid("voidRead").hasMessageEndingWith("is a READ method that returns nothing");
	}

	@Test
	void parseWhenNotProxyableFails() {
		assertInvalid("privateMethod").hasMessageContaining("is private");
		assertInvalid("staticMethod").hasMessageContaining("is static");
		assertInvalid("finalMethod").hasMessageContaining("is final");
	}

	private AbstractThrowableAssert<?, ?> assertInvalid(String name) {
		InvalidPolicyCacheException exception = catchThrowableOfType(InvalidPolicyCacheException.class,
				() -> parse(Invalid.class, name));
		assertThat(exception).hasMessageContaining("Invalid." + name);
		assertThat(exception.getAction()).isNotBlank();
		return assertThat(exception);
	}

	private PolicyCachedOperation parse(Class<?> type, String name) {
		return this.parser.parse(method(type, name), type);
	}

	private static Method method(Class<?> type, String name) {
		return Arrays.stream(type.getDeclaredMethods())
			.filter((method) -> method.getName().equals(name) && !method.isBridge())
			.findFirst()
			.orElseThrow();
	}

	static class Valid {

		@PolicyCached(cache = "products", key = "#id", condition = "#id > 0", unless = "#result.hidden")
		Object read(long id) {
			return id;
		}

		@PolicyCached(cache = "products", operation = WRITE, policy = WRITE_BACK, unless = "#result.hidden",
				evicts = { "pages", "shelves::#result.shelf" })
		Object write(Object value) {
			return value;
		}

		@PolicyCached(value = "products", operation = REMOVE)
		void remove(long id) {
		}

		@WriteProducts(key = "#name")
		Object meta(String name) {
			return name;
		}

		@PolicyCached(cache = "products", key = "#id")
		Object second(String name, long id) {
			return id;
		}

		@PolicyCached(cache = "products", key = "#name.length")
		Object property(String name) {
			return name;
		}

	}

	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	@PolicyCached(cache = "products", operation = WRITE)
	@interface WriteProducts {

		@AliasFor(annotation = PolicyCached.class)
		String key() default "";

	}

	interface Contract {

		@PolicyCached("contract")
		Object find(long id);

	}

	static class Implementation implements Contract {

		@Override
		public Object find(long id) {
			return id;
		}

	}

	static class Overriding extends Implementation {

		@Override
		@PolicyCached("own")
		public Object find(long id) {
			return id;
		}

	}

	@PolicyCached(cache = "defaults", policy = WRITE_BACK, evicts = "pages", unless = "#result == null")
	static class Defaults {

		@PolicyCached
		Object annotated(long id) {
			return id;
		}

		@PolicyCached(cache = "own", policy = WRITE_THROUGH, evicts = "shelves")
		Object overriding(long id) {
			return id;
		}

		@PolicyCached(operation = REMOVE)
		void remove(long id) {
		}

		Object plain(long id) {
			return id;
		}

	}

	static class Invalid {

		@PolicyCached
		Object noName(long id) {
			return id;
		}

		@PolicyCached(cache = "products", operation = { WRITE, REMOVE })
		Object twoOperations(long id) {
			return id;
		}

		@PolicyCached(cache = "products", policy = { WRITE_BACK, WritePolicy.WRITE_AROUND })
		Object twoPolicies(long id) {
			return id;
		}

		@PolicyCached(cache = "products", operation = REMOVE, unless = "#id == 1")
		void unlessOnRemove(long id) {
		}

		@PolicyCached(cache = "products", evicts = "pages::")
		Object evictsWithoutKey(long id) {
			return id;
		}

		@PolicyCached(cache = "products", evicts = "::#id")
		Object evictsWithoutName(long id) {
			return id;
		}

		@PolicyCached(cache = "products", key = "#id +")
		Object malformedKey(long id) {
			return id;
		}

		@PolicyCached(cache = "products", evicts = "pages::#id)")
		Object malformedEvicts(long id) {
			return id;
		}

		@PolicyCached(cache = "products", key = "#result.id")
		Object readKeyOfResult(long id) {
			return id;
		}

		@WriteProducts
		@PolicyCached("products")
		Object twice(long id) {
			return id;
		}

		@PolicyCached(cache = "products", operation = WRITE)
		void voidWrite() {
		}

		@PolicyCached(cache = "products", operation = WRITE)
		CompletableFuture<Void> voidFuture() {
			return new CompletableFuture<>();
		}

		@PolicyCached("products")
		void voidRead(long id) {
		}

		@PolicyCached("products")
		private Object privateMethod(long id) {
			return id;
		}

		@PolicyCached("products")
		static Object staticMethod(long id) {
			return id;
		}

		@PolicyCached("products")
		final Object finalMethod(long id) {
			return id;
		}

	}

}
