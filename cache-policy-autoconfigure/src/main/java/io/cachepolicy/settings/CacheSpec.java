package io.cachepolicy.settings;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

import io.cachepolicy.WritePolicy;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one cache, complete with all defaults.
 *
 * @param name the name of the cache
 * @param policy how the cache writes unless a caller says otherwise
 * @param bounds size and expiry
 * @param isolation whether callers share the cached entity
 * @param cacheAbsent whether the absence of a value is cached, {@code null} if only a
 * cache without a store does so
 * @param invalidates caches that are cleared whenever this one is written
 * @param trackChanges whether changes of rows are followed that other code of the
 * application makes
 * @param detachedReads whether an annotated repository returns cached copies where a
 * session would manage what it returns, and nothing is written
 * @param clustered whether changes are told to other instances, and theirs are heard
 * @param entity the entity class whose repository is the store, if configured
 * @param repository the bean name of the repository that is the store, if configured
 * @param store the bean name of the {@link io.cachepolicy.CacheStore}, if configured
 * @param writeBack how the cache defers writes
 */
public record CacheSpec(String name, WritePolicy policy, Bounds bounds, Isolation isolation,
		@Nullable Boolean cacheAbsent, List<String> invalidates, boolean trackChanges, boolean detachedReads,
		boolean clustered, @Nullable Class<?> entity, @Nullable String repository, @Nullable String store,
		WriteBackSpec writeBack) {

	private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_-]+");

	/**
	 * Return whether the cache remembers that there is no value.
	 * @param stored whether it has a store
	 * @return whether absence is cached
	 */
	public boolean cachesAbsent(boolean stored) {
		return (this.cacheAbsent != null) ? this.cacheAbsent : !stored;
	}

	/**
	 * Return the prefix of the properties of a cache.
	 * @param name the name of the cache
	 * @return the prefix, with brackets if the name needs them
	 */
	public static String propertiesOf(String name) {
		return PLAIN_NAME.matcher(name).matches() ? "cache-policy.caches." + name : "cache-policy.caches[" + name + "]";
	}

	/**
	 * Size and expiry of a cache.
	 *
	 * @param caffeineSpec a specification in Caffeine's format, instead of the other
	 * settings
	 * @param maximumSize the most entries, {@code null} for no limit
	 * @param expireAfterWrite how long after its last write an entry expires
	 * @param expireAfterAccess how long after its last read or write an entry expires
	 * @param refreshAfterWrite how long after its last write a read of an entry reloads
	 * it from the store in the background
	 */
	public record Bounds(@Nullable String caffeineSpec, @Nullable Long maximumSize, @Nullable Duration expireAfterWrite,
			@Nullable Duration expireAfterAccess, @Nullable Duration refreshAfterWrite) {

	}

}
