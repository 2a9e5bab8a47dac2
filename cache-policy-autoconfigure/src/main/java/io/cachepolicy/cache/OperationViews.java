package io.cachepolicy.cache;

import java.util.function.Consumer;
import java.util.function.Predicate;

import io.cachepolicy.WritePolicy;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;

/**
 * The views of a cache through which Spring's cache interceptor works. The interceptor
 * calls the same {@link Cache#put} for a read that missed and for a write; only the
 * operation tells them apart. A view serves one invocation.
 */
public interface OperationViews {

	/**
	 * Return a view whose reads look at the cache and at pending writes, and whose
	 * {@code put} populates the cache without a write, unless the key was written since
	 * the view missed it.
	 * @param cacheable tells whether a loaded value may be cached
	 * @param afterLoad called with a value that was loaded, after it was cached or not
	 * @return the view
	 */
	Cache reading(Predicate<@Nullable Object> cacheable, Consumer<@Nullable Object> afterLoad);

	/**
	 * Return a view whose {@code put} writes by a policy. A value of {@code null} writes
	 * nothing.
	 * @param policy the policy, {@code null} for that of the cache
	 * @param keyOfValue whether the key is derived from the value, and the key that is
	 * passed to {@code put} is ignored
	 * @param afterWrite called with a value that was written
	 * @return the view
	 */
	Cache writing(@Nullable WritePolicy policy, boolean keyOfValue, Consumer<@Nullable Object> afterWrite);

	/**
	 * Return a view whose {@code evict} removes by a policy, from the store too.
	 * @param policy the policy, {@code null} for that of the cache
	 * @param afterRemove called with {@code null} after a removal
	 * @return the view
	 */
	Cache removing(@Nullable WritePolicy policy, Consumer<@Nullable Object> afterRemove);

	/**
	 * Return a view for the methods of a repository.
	 * @param policy the policy, {@code null} for that of the cache
	 * @return the view, or {@code null} if calls of the thread go to the repository as
	 * they are: nothing is cached, or it is the store that calls
	 */
	@Nullable RepositoryView repository(@Nullable WritePolicy policy);

}
