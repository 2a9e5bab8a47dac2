package io.cachepolicy.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.settings.Isolation;
import io.cachepolicy.settings.OnConflict;
import io.cachepolicy.settings.Overflow;
import io.cachepolicy.settings.StoreMode;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration properties for caches with a write policy.
 */
@ConfigurationProperties(prefix = "cache-policy", ignoreUnknownFields = false)
public class CachePolicyProperties {

	/**
	 * Whether to cache. If not, reads run their methods and writes go to the store at
	 * once.
	 */
	private boolean enabled = true;

	/**
	 * Time to write what is pending when the application stops.
	 */
	private Duration shutdownTimeout = Duration.ofSeconds(25);

	private final CacheSettings defaults = new CacheSettings();

	/**
	 * Settings of single caches by name. What one leaves out is taken from the defaults.
	 */
	private final Map<String, CacheSettings> caches = new LinkedHashMap<>();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public Duration getShutdownTimeout() {
		return this.shutdownTimeout;
	}

	public void setShutdownTimeout(Duration shutdownTimeout) {
		this.shutdownTimeout = shutdownTimeout;
	}

	public CacheSettings getDefaults() {
		return this.defaults;
	}

	public Map<String, CacheSettings> getCaches() {
		return this.caches;
	}

	/**
	 * Settings of a cache.
	 */
	public static class CacheSettings {

		/**
		 * How writes reach the store, unless a method says otherwise.
		 */
		private @Nullable WritePolicy policy;

		/**
		 * Entity class whose repository is the store. Inferred from annotated methods
		 * where possible.
		 */
		private @Nullable Class<?> entity;

		/**
		 * Bean name of the repository that is the store. Needed if an entity has several.
		 */
		private @Nullable String repository;

		/**
		 * Bean name of the CacheStore that is the store, for values that are not
		 * entities.
		 */
		private @Nullable String store;

		/**
		 * Maximum number of entries. Pending writes are kept beyond it.
		 */
		private @Nullable Long maximumSize;

		/**
		 * Size and expiry in the format of CaffeineSpec, instead of the separate
		 * properties.
		 */
		private @Nullable String spec;

		/**
		 * Time after its last write at which an entry expires.
		 */
		private @Nullable Duration expireAfterWrite;

		/**
		 * Time after its last read or write at which an entry expires.
		 */
		private @Nullable Duration expireAfterAccess;

		/**
		 * Time after its last write at which a read of an entry reloads it from the store
		 * in the background.
		 */
		private @Nullable Duration refreshAfterWrite;

		/**
		 * Whether callers get copies of the cached entities or share them.
		 */
		private @Nullable Isolation isolation;

		/**
		 * Whether to remember that a value does not exist. By default, only caches
		 * without a store do.
		 */
		private @Nullable Boolean cacheAbsent;

		/**
		 * Comma-separated list of caches that are cleared whenever this one is written.
		 */
		private @Nullable List<String> invalidates;

		/**
		 * Whether to follow what other code of the application writes to the rows of this
		 * cache through JPA.
		 */
		private @Nullable Boolean trackChanges;

		/**
		 * Whether annotated repositories return cached copies also in the session of a
		 * web request and in read-only transactions. Nothing manages them there.
		 */
		private @Nullable Boolean detachedReads;

		/**
		 * Whether other instances of the application are told of changes, and theirs are
		 * heard. Needs 'cache-policy.cluster.enabled'.
		 */
		private @Nullable Boolean clustered;

		private final WriteBack writeBack = new WriteBack();

		public @Nullable WritePolicy getPolicy() {
			return this.policy;
		}

		public void setPolicy(@Nullable WritePolicy policy) {
			this.policy = policy;
		}

		public @Nullable Class<?> getEntity() {
			return this.entity;
		}

		public void setEntity(@Nullable Class<?> entity) {
			this.entity = entity;
		}

		public @Nullable String getRepository() {
			return this.repository;
		}

		public void setRepository(@Nullable String repository) {
			this.repository = repository;
		}

		public @Nullable String getStore() {
			return this.store;
		}

		public void setStore(@Nullable String store) {
			this.store = store;
		}

		public @Nullable Long getMaximumSize() {
			return this.maximumSize;
		}

		public void setMaximumSize(@Nullable Long maximumSize) {
			this.maximumSize = maximumSize;
		}

		public @Nullable String getSpec() {
			return this.spec;
		}

		public void setSpec(@Nullable String spec) {
			this.spec = spec;
		}

		public @Nullable Duration getExpireAfterWrite() {
			return this.expireAfterWrite;
		}

		public void setExpireAfterWrite(@Nullable Duration expireAfterWrite) {
			this.expireAfterWrite = expireAfterWrite;
		}

		public @Nullable Duration getExpireAfterAccess() {
			return this.expireAfterAccess;
		}

		public void setExpireAfterAccess(@Nullable Duration expireAfterAccess) {
			this.expireAfterAccess = expireAfterAccess;
		}

		public @Nullable Duration getRefreshAfterWrite() {
			return this.refreshAfterWrite;
		}

		public void setRefreshAfterWrite(@Nullable Duration refreshAfterWrite) {
			this.refreshAfterWrite = refreshAfterWrite;
		}

		public @Nullable Isolation getIsolation() {
			return this.isolation;
		}

		public void setIsolation(@Nullable Isolation isolation) {
			this.isolation = isolation;
		}

		public @Nullable Boolean getCacheAbsent() {
			return this.cacheAbsent;
		}

		public void setCacheAbsent(@Nullable Boolean cacheAbsent) {
			this.cacheAbsent = cacheAbsent;
		}

		public @Nullable List<String> getInvalidates() {
			return this.invalidates;
		}

		public void setInvalidates(@Nullable List<String> invalidates) {
			this.invalidates = invalidates;
		}

		public @Nullable Boolean getTrackChanges() {
			return this.trackChanges;
		}

		public void setTrackChanges(@Nullable Boolean trackChanges) {
			this.trackChanges = trackChanges;
		}

		public @Nullable Boolean getDetachedReads() {
			return this.detachedReads;
		}

		public void setDetachedReads(@Nullable Boolean detachedReads) {
			this.detachedReads = detachedReads;
		}

		public @Nullable Boolean getClustered() {
			return this.clustered;
		}

		public void setClustered(@Nullable Boolean clustered) {
			this.clustered = clustered;
		}

		public WriteBack getWriteBack() {
			return this.writeBack;
		}

	}

	/**
	 * How a cache defers writes.
	 */
	public static class WriteBack {

		/**
		 * Longest time that a pending write waits before a flush takes it.
		 */
		private @Nullable Duration flushInterval;

		/**
		 * Number of pending writes that starts a flush at once.
		 */
		private @Nullable Integer flushThreshold;

		/**
		 * Number of rows per store call and transaction.
		 */
		private @Nullable Integer batchSize;

		/**
		 * Whether several pending writes of one key become one.
		 */
		private @Nullable Boolean coalesce;

		/**
		 * Maximum number of pending writes.
		 */
		private @Nullable Integer maxPending;

		/**
		 * What a write meets when the maximum number of pending writes is reached.
		 */
		private @Nullable Overflow overflow;

		/**
		 * Time after which a writer that waits for room is refused.
		 */
		private @Nullable Duration overflowTimeout;

		/**
		 * Maximum number of store calls of flushes at a time.
		 */
		private @Nullable Integer flushThreads;

		/**
		 * Maximum number of rows that flushes hand to the store per second, 0 for no
		 * limit.
		 */
		private @Nullable Long maxWritesPerSecond;

		/**
		 * Number of rows that may be handed over at once after a pause, 0 for as many as
		 * in one second.
		 */
		private @Nullable Long burst;

		/**
		 * How a batch of entities is written.
		 */
		private @Nullable StoreMode storeMode;

		/**
		 * What becomes of a pending write whose row was changed by another writer.
		 */
		private @Nullable OnConflict onConflict;

		/**
		 * Whether pending writes survive the end of the process. Needs
		 * cache-policy-journal.
		 */
		private @Nullable Boolean durable;

		/**
		 * Whether queries see what is pending: it is stored before them.
		 */
		private @Nullable Boolean flushBeforeQueries;

		/**
		 * Most dead letters that are kept. If no WriteFailureHandler took them, nothing
		 * is flushed at that many until some are replayed or discarded.
		 */
		private @Nullable Integer maxDeadLetters;

		private final Retry retry = new Retry();

		public @Nullable Duration getFlushInterval() {
			return this.flushInterval;
		}

		public void setFlushInterval(@Nullable Duration flushInterval) {
			this.flushInterval = flushInterval;
		}

		public @Nullable Integer getFlushThreshold() {
			return this.flushThreshold;
		}

		public void setFlushThreshold(@Nullable Integer flushThreshold) {
			this.flushThreshold = flushThreshold;
		}

		public @Nullable Integer getBatchSize() {
			return this.batchSize;
		}

		public void setBatchSize(@Nullable Integer batchSize) {
			this.batchSize = batchSize;
		}

		public @Nullable Boolean getCoalesce() {
			return this.coalesce;
		}

		public void setCoalesce(@Nullable Boolean coalesce) {
			this.coalesce = coalesce;
		}

		public @Nullable Integer getMaxPending() {
			return this.maxPending;
		}

		public void setMaxPending(@Nullable Integer maxPending) {
			this.maxPending = maxPending;
		}

		public @Nullable Overflow getOverflow() {
			return this.overflow;
		}

		public void setOverflow(@Nullable Overflow overflow) {
			this.overflow = overflow;
		}

		public @Nullable Duration getOverflowTimeout() {
			return this.overflowTimeout;
		}

		public void setOverflowTimeout(@Nullable Duration overflowTimeout) {
			this.overflowTimeout = overflowTimeout;
		}

		public @Nullable Integer getFlushThreads() {
			return this.flushThreads;
		}

		public void setFlushThreads(@Nullable Integer flushThreads) {
			this.flushThreads = flushThreads;
		}

		public @Nullable Long getMaxWritesPerSecond() {
			return this.maxWritesPerSecond;
		}

		public void setMaxWritesPerSecond(@Nullable Long maxWritesPerSecond) {
			this.maxWritesPerSecond = maxWritesPerSecond;
		}

		public @Nullable Long getBurst() {
			return this.burst;
		}

		public void setBurst(@Nullable Long burst) {
			this.burst = burst;
		}

		public @Nullable StoreMode getStoreMode() {
			return this.storeMode;
		}

		public void setStoreMode(@Nullable StoreMode storeMode) {
			this.storeMode = storeMode;
		}

		public @Nullable OnConflict getOnConflict() {
			return this.onConflict;
		}

		public void setOnConflict(@Nullable OnConflict onConflict) {
			this.onConflict = onConflict;
		}

		public @Nullable Boolean getDurable() {
			return this.durable;
		}

		public void setDurable(@Nullable Boolean durable) {
			this.durable = durable;
		}

		public @Nullable Boolean getFlushBeforeQueries() {
			return this.flushBeforeQueries;
		}

		public void setFlushBeforeQueries(@Nullable Boolean flushBeforeQueries) {
			this.flushBeforeQueries = flushBeforeQueries;
		}

		public @Nullable Integer getMaxDeadLetters() {
			return this.maxDeadLetters;
		}

		public void setMaxDeadLetters(@Nullable Integer maxDeadLetters) {
			this.maxDeadLetters = maxDeadLetters;
		}

		public Retry getRetry() {
			return this.retry;
		}

	}

	/**
	 * How failed writes are tried again.
	 */
	public static class Retry {

		/**
		 * Number of times that a refused write is tried before it becomes a dead letter.
		 */
		private @Nullable Integer maxAttempts;

		/**
		 * Pause after the first failure.
		 */
		private @Nullable Duration initialInterval;

		/**
		 * Factor by which the pause grows with every failure.
		 */
		private @Nullable Double multiplier;

		/**
		 * Longest pause between two attempts.
		 */
		private @Nullable Duration maxInterval;

		/**
		 * Part of the pause by which it varies at random, from 0 to 1.
		 */
		private @Nullable Double jitter;

		public @Nullable Integer getMaxAttempts() {
			return this.maxAttempts;
		}

		public void setMaxAttempts(@Nullable Integer maxAttempts) {
			this.maxAttempts = maxAttempts;
		}

		public @Nullable Duration getInitialInterval() {
			return this.initialInterval;
		}

		public void setInitialInterval(@Nullable Duration initialInterval) {
			this.initialInterval = initialInterval;
		}

		public @Nullable Double getMultiplier() {
			return this.multiplier;
		}

		public void setMultiplier(@Nullable Double multiplier) {
			this.multiplier = multiplier;
		}

		public @Nullable Duration getMaxInterval() {
			return this.maxInterval;
		}

		public void setMaxInterval(@Nullable Duration maxInterval) {
			this.maxInterval = maxInterval;
		}

		public @Nullable Double getJitter() {
			return this.jitter;
		}

		public void setJitter(@Nullable Double jitter) {
			this.jitter = jitter;
		}

	}

}
