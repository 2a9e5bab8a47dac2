package io.cachepolicy.cache;

import java.time.Duration;
import java.util.concurrent.ForkJoinPool;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.CacheLoader;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.CaffeineSpec;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import com.github.benmanes.caffeine.cache.stats.ConcurrentStatsCounter;
import com.github.benmanes.caffeine.cache.stats.StatsCounter;
import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.settings.CacheSpec;
import org.jspecify.annotations.Nullable;

/**
 * Builds the Caffeine cache of a {@link CacheSpec}.
 */
final class CaffeineFactory {

	private final BiConsumer<String, Caffeine<Object, Object>> customizer;

	CaffeineFactory(BiConsumer<String, Caffeine<Object, Object>> customizer) {
		this.customizer = customizer;
	}

	/**
	 * Build a cache.
	 * @param spec the settings
	 * @param reloader reloads entries, if the settings ask for it
	 * @param onEviction told of keys whose entry was evicted, and whether it was too old
	 * @return the cache
	 */
	Built create(CacheSpec spec, CacheLoader<Object, Object> reloader, BiConsumer<Object, Boolean> onEviction) {
		try {
			Caffeine<Object, Object> builder = builder(spec.bounds());
			this.customizer.accept(spec.name(), builder);
			StatsCounter counter = new ConcurrentStatsCounter();
			builder.recordStats(() -> counter).evictionListener((key, value, cause) -> {
				if (key != null) {
					onEviction.accept(key, cause == RemovalCause.EXPIRED);
				}
			});
			boolean listensElsewhere = setExecutor(builder);
			return new Built(refreshes(spec.bounds()) ? builder.build(reloader) : build(builder),
					listensElsewhere ? counter : null);
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			throw new InvalidPolicyCacheException(
					"The size and expiry settings of cache '%s' are invalid: %s".formatted(spec.name(),
							ex.getMessage()),
					"Correct '%s' ('spec', 'maximum-size', 'expire-after-write', "
						.formatted(CacheSpec.propertiesOf(spec.name()))
							+ "'expire-after-access', 'refresh-after-write') or the PolicyCacheCustomizer beans. "
							+ "A customizer can set no eviction listener.",
					ex);
		}
	}

	/**
	 * Set the executor that runs listeners to the one that Caffeine takes anyway, which
	 * fails if a customizer has set another: that may run them in the calling thread.
	 * @param builder the builder
	 * @return whether listeners run in threads of their own
	 */
	private static boolean setExecutor(Caffeine<Object, Object> builder) {
		try {
			builder.executor(ForkJoinPool.commonPool());
			return true;
		}
		catch (IllegalStateException ex) {
			return false;
		}
	}

	/**
	 * Build a cache that does not look at the clock unless entries expire: to count, it
	 * would time every change of an entry.
	 * @param builder the builder
	 * @return the cache
	 */
	private static Cache<Object, Object> build(Caffeine<Object, Object> builder) {
		Cache<Object, Object> cache = builder.build();
		return expires(cache.policy()) ? cache : withoutClock(builder, cache);
	}

	private static boolean expires(Policy<Object, Object> policy) {
		return policy.expireAfterWrite().isPresent() || policy.expireAfterAccess().isPresent()
				|| policy.expireVariably().isPresent();
	}

	private static Cache<Object, Object> withoutClock(Caffeine<Object, Object> builder, Cache<Object, Object> cache) {
		try {
			return builder.ticker(Ticker.disabledTicker()).build();
		}
		catch (IllegalStateException ex) {
			// A customizer has set one
			return cache;
		}
	}

	private static Caffeine<Object, Object> builder(CacheSpec.Bounds bounds) {
		if (bounds.caffeineSpec() != null) {
			return Caffeine.from(CaffeineSpec.parse(bounds.caffeineSpec()));
		}
		Caffeine<Object, Object> builder = Caffeine.newBuilder();
		apply(bounds.maximumSize(), builder::maximumSize);
		apply(bounds.expireAfterWrite(), (Consumer<Duration>) builder::expireAfterWrite);
		apply(bounds.expireAfterAccess(), (Consumer<Duration>) builder::expireAfterAccess);
		apply(bounds.refreshAfterWrite(), (Consumer<Duration>) builder::refreshAfterWrite);
		return builder;
	}

	private static boolean refreshes(CacheSpec.Bounds bounds) {
		return bounds.refreshAfterWrite() != null
				|| (bounds.caffeineSpec() != null && bounds.caffeineSpec().contains("refreshAfterWrite"));
	}

	private static <T> void apply(@Nullable T value, Consumer<T> setter) {
		if (value != null) {
			setter.accept(value);
		}
	}

	/**
	 * A cache.
	 *
	 * @param caffeine the cache
	 * @param directPuts counts for the cache what it does not count itself, {@code null}
	 * if its listeners may run in threads that change it
	 */
	record Built(Cache<Object, Object> caffeine, @Nullable StatsCounter directPuts) {

	}

}
