package io.cachepolicy;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;

/**
 * Reads or writes the result of a method through a cache with a write policy.
 * <p>
 * The body of a {@link Operation#READ READ} method is the loader of the cache: it runs
 * once per missing key, however many threads ask. What a {@link Operation#WRITE WRITE}
 * method returns is written to cache and store as the policy says: the body computes, the
 * policy persists. A {@link Operation#REMOVE REMOVE} method removes the entry and its row
 * after the body returned. {@link java.util.Optional} and
 * {@link java.util.concurrent.CompletableFuture} results are unwrapped.
 * <p>
 * The policy is the nearest of: this annotation on the method, this annotation on the
 * type, {@code cache-policy.caches.<name>.policy}, {@code cache-policy.defaults.policy},
 * {@link WritePolicy#WRITE_THROUGH}.
 * <p>
 * On a type, the annotation makes no method cached: it gives the type's annotated methods
 * the attributes that they leave out. The annotation can be used as a meta-annotation.
 * {@code @EnableCaching} is required, as for Spring's own cache annotations, and the
 * method has to be called through the bean's proxy.
 */
@Target({ ElementType.METHOD, ElementType.TYPE, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
public @interface PolicyCached {

	/**
	 * Name of the cache. Alias for {@link #cache}.
	 * @return the name of the cache
	 */
	@AliasFor("cache")
	String value() default "";

	/**
	 * Name of the cache. Required on the method or on its type.
	 * @return the name of the cache
	 */
	@AliasFor("value")
	String cache() default "";

	/**
	 * What the method does with the cache, {@link Operation#READ} if neither the method
	 * nor its type says.
	 * @return at most one operation
	 */
	Operation[] operation() default {};

	/**
	 * Write policy of this method, overriding that of the cache.
	 * @return at most one policy
	 */
	WritePolicy[] policy() default {};

	/**
	 * SpEL expression of the key. The default is the single argument for
	 * {@link Operation#READ} and {@link Operation#REMOVE}, and the id of the returned
	 * entity for {@link Operation#WRITE}. The same variables as in Spring's cache
	 * annotations can be used, {@code #result} only with {@link Operation#WRITE}.
	 * @return the SpEL expression
	 */
	String key() default "";

	/**
	 * SpEL expression that has to be {@code true} for the cache to be used; the method
	 * runs as if it were not annotated otherwise.
	 * @return the SpEL expression
	 */
	String condition() default "";

	/**
	 * SpEL expression that vetoes the caching ({@link Operation#READ}) or the write
	 * ({@link Operation#WRITE}) of a result. Evaluated after the body, as
	 * {@code #result}.
	 * @return the SpEL expression
	 */
	String unless() default "";

	/**
	 * Caches to evict from after the operation: {@code "pages"} clears the cache
	 * {@code pages}, {@code "pages::#result.category"} evicts the key that the SpEL
	 * expression yields. A read evicts only if it ran the body.
	 * @return the caches, with or without the expression of a key
	 */
	String[] evicts() default {};

	/**
	 * What a method does with the cache.
	 */
	enum Operation {

		/**
		 * Return the cached value, or run the body and cache its result.
		 */
		READ,

		/**
		 * Write the result of the body to cache and store, as the policy says.
		 * {@code null} and an empty {@link java.util.Optional} write nothing and delete
		 * nothing.
		 */
		WRITE,

		/**
		 * Remove the entry and its row, as the policy says, after the body returned.
		 */
		REMOVE

	}

}
