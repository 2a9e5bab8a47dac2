package io.cachepolicy.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.autoconfigure.CachePolicyProperties.CacheSettings;
import io.cachepolicy.autoconfigure.CachePolicyProperties.Retry;
import io.cachepolicy.autoconfigure.CachePolicyProperties.WriteBack;
import io.cachepolicy.autoconfigure.LayeredSettings.Setting;
import io.cachepolicy.settings.OnConflict;
import io.cachepolicy.settings.Overflow;
import io.cachepolicy.settings.StoreMode;
import io.cachepolicy.settings.WriteBackSpec;
import org.jspecify.annotations.Nullable;

/**
 * Maps the settings of write-back.
 */
class WriteBackMapper {

	private static final int MAX_PENDING = 100_000;

	private static final int FLUSH_THRESHOLD = 10_000;

	private static final int BATCH_SIZE = 500;

	private static final int MAX_DEAD_LETTERS = 10_000;

	private final LayeredSettings settings;

	WriteBackMapper(LayeredSettings settings) {
		this.settings = settings;
	}

	/**
	 * Return the write-back properties that a cache sets itself.
	 * @param properties the settings of the cache
	 * @return the names of the properties, below the prefix of the cache
	 */
	static List<String> findOwn(CacheSettings properties) {
		return values(properties).entrySet()
			.stream()
			.filter((entry) -> entry.getValue() != null)
			.map(Map.Entry::getKey)
			.toList();
	}

	private static Map<String, @Nullable Object> values(CacheSettings properties) {
		WriteBack writeBack = properties.getWriteBack();
		Retry retry = writeBack.getRetry();
		Map<String, @Nullable Object> values = new LinkedHashMap<>();
		values.put("write-back.flush-interval", writeBack.getFlushInterval());
		values.put("write-back.flush-threshold", writeBack.getFlushThreshold());
		values.put("write-back.batch-size", writeBack.getBatchSize());
		values.put("write-back.coalesce", writeBack.getCoalesce());
		values.put("write-back.max-pending", writeBack.getMaxPending());
		values.put("write-back.overflow", writeBack.getOverflow());
		values.put("write-back.overflow-timeout", writeBack.getOverflowTimeout());
		values.put("write-back.flush-threads", writeBack.getFlushThreads());
		values.put("write-back.max-writes-per-second", writeBack.getMaxWritesPerSecond());
		values.put("write-back.burst", writeBack.getBurst());
		values.put("write-back.store-mode", writeBack.getStoreMode());
		values.put("write-back.on-conflict", writeBack.getOnConflict());
		values.put("write-back.durable", writeBack.getDurable());
		values.put("write-back.flush-before-queries", writeBack.getFlushBeforeQueries());
		values.put("write-back.max-dead-letters", writeBack.getMaxDeadLetters());
		values.put("write-back.retry.max-attempts", retry.getMaxAttempts());
		values.put("write-back.retry.initial-interval", retry.getInitialInterval());
		values.put("write-back.retry.multiplier", retry.getMultiplier());
		values.put("write-back.retry.max-interval", retry.getMaxInterval());
		values.put("write-back.retry.jitter", retry.getJitter());
		return values;
	}

	/**
	 * Map the settings.
	 * @return the complete settings
	 * @throws InvalidPolicyCacheException if they contradict each other
	 */
	WriteBackSpec map() {
		int maxPending = positive("max-pending", WriteBack::getMaxPending, MAX_PENDING);
		long rate = notNegative("max-writes-per-second", WriteBack::getMaxWritesPerSecond);
		return new WriteBackSpec(duration("flush-interval", WriteBack::getFlushInterval, Duration.ofSeconds(1)),
				atMost(maxPending, "flush-threshold", WriteBack::getFlushThreshold, FLUSH_THRESHOLD),
				atMost(maxPending, "batch-size", WriteBack::getBatchSize, BATCH_SIZE),
				get("coalesce", WriteBack::getCoalesce, true), maxPending,
				get("overflow", WriteBack::getOverflow, Overflow.BLOCK),
				duration("overflow-timeout", WriteBack::getOverflowTimeout, Duration.ofSeconds(5)), mapRetry(),
				positive("flush-threads", WriteBack::getFlushThreads, 1), rate, burst(rate),
				get("store-mode", WriteBack::getStoreMode, StoreMode.AUTO),
				get("on-conflict", WriteBack::getOnConflict, OnConflict.DEAD_LETTER),
				get("durable", WriteBack::getDurable, false),
				get("flush-before-queries", WriteBack::getFlushBeforeQueries, false),
				positive("max-dead-letters", WriteBack::getMaxDeadLetters, MAX_DEAD_LETTERS));
	}

	private long burst(long rate) {
		long burst = notNegative("burst", WriteBack::getBurst);
		Setting<Long> explicit = find("burst", WriteBack::getBurst);
		if (explicit != null && find("max-writes-per-second", WriteBack::getMaxWritesPerSecond) == null) {
			explicit.require(burst == 0, "of 0, unless 'write-back.max-writes-per-second' is set as well");
		}
		return (burst > 0) ? burst : rate;
	}

	private long notNegative(String name, Function<WriteBack, @Nullable Long> getter) {
		Setting<Long> setting = find(name, getter);
		return (setting != null) ? setting.require(setting.value() >= 0, "of at least 0") : 0;
	}

	private WriteBackSpec.Retry mapRetry() {
		int maxAttempts = positive("retry.max-attempts", retry(Retry::getMaxAttempts), 5);
		Setting<Double> multiplier = find("retry.multiplier", retry(Retry::getMultiplier));
		Setting<Double> jitter = find("retry.jitter", retry(Retry::getJitter));
		Duration initialInterval = duration("retry.initial-interval", retry(Retry::getInitialInterval),
				Duration.ofMillis(100));
		return new WriteBackSpec.Retry(maxAttempts, initialInterval,
				(multiplier != null) ? multiplier.require(multiplier.value() >= 1, "of at least 1") : 2,
				maxInterval(initialInterval),
				(jitter != null) ? jitter.require(jitter.value() >= 0 && jitter.value() <= 1, "from 0 to 1") : 0.2);
	}

	private Duration maxInterval(Duration initialInterval) {
		Duration maxInterval = duration("retry.max-interval", retry(Retry::getMaxInterval), Duration.ofSeconds(30));
		Setting<Duration> explicit = find("retry.max-interval", retry(Retry::getMaxInterval));
		if (explicit != null) {
			return explicit.require(explicit.value().compareTo(initialInterval) >= 0,
					"that is not below 'retry.initial-interval', which is " + initialInterval);
		}
		return (maxInterval.compareTo(initialInterval) >= 0) ? maxInterval : initialInterval;
	}

	private int atMost(int maxPending, String name, Function<WriteBack, @Nullable Integer> getter, int builtIn) {
		int value = positive(name, getter, builtIn);
		Setting<Integer> explicit = find(name, getter);
		if (explicit == null) {
			return Math.min(value, maxPending);
		}
		return explicit.require(value <= maxPending, "of at most 'write-back.max-pending', which is " + maxPending);
	}

	private int positive(String name, Function<WriteBack, @Nullable Integer> getter, int builtIn) {
		Setting<Integer> setting = find(name, getter);
		return (setting != null) ? setting.require(setting.value() > 0, "above 0") : builtIn;
	}

	private Duration duration(String name, Function<WriteBack, @Nullable Duration> getter, Duration builtIn) {
		Setting<Duration> setting = find(name, getter);
		return (setting != null) ? setting.require(isPositive(setting.value()), "above 0") : builtIn;
	}

	private static boolean isPositive(Duration duration) {
		return !duration.isNegative() && !duration.isZero();
	}

	private <T> T get(String name, Function<WriteBack, @Nullable T> getter, T builtIn) {
		Setting<T> setting = find(name, getter);
		return (setting != null) ? setting.value() : builtIn;
	}

	private <T> @Nullable Setting<T> find(String name, Function<WriteBack, @Nullable T> getter) {
		return this.settings.find("write-back." + name, (properties) -> getter.apply(properties.getWriteBack()));
	}

	private static <T> Function<WriteBack, @Nullable T> retry(Function<Retry, @Nullable T> getter) {
		return (writeBack) -> getter.apply(writeBack.getRetry());
	}

}
