package io.cachepolicy.testsupport;

import java.time.Clock;
import java.time.Duration;
import java.util.List;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.cache.CacheInfrastructure;
import io.cachepolicy.cache.CaffeinePolicyCacheManager;
import io.cachepolicy.settings.CacheSpec;
import io.cachepolicy.settings.Isolation;
import io.cachepolicy.settings.OnConflict;
import io.cachepolicy.settings.Overflow;
import io.cachepolicy.settings.StoreMode;
import io.cachepolicy.settings.WriteBackSpec;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.ChangeChannel;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.WriteContextCapture;
import io.cachepolicy.spi.WriteObserver;
import io.cachepolicy.writeback.WriteBackFactory;
import org.jspecify.annotations.Nullable;

/**
 * Settings of caches for tests. An instance is changed, then makes a spec.
 */
public final class Specs {

	private final String name;

	private WritePolicy policy = WritePolicy.WRITE_THROUGH;

	private @Nullable Long maximumSize = 10_000L;

	private @Nullable Duration expireAfterWrite;

	private @Nullable Duration refreshAfterWrite;

	private Isolation isolation = Isolation.COPY;

	private boolean cacheAbsent;

	private List<String> invalidates = List.of();

	private boolean trackChanges = true;

	private boolean clustered = true;

	private Duration flushInterval = Duration.ofMinutes(10);

	private int flushThreshold = 10_000;

	private int batchSize = 500;

	private boolean coalesce = true;

	private int maxPending = 100_000;

	private int maxDeadLetters = 10_000;

	private Overflow overflow = Overflow.BLOCK;

	private Duration overflowTimeout = Duration.ofSeconds(5);

	private int maxAttempts = 3;

	private Duration initialInterval = Duration.ofMillis(5);

	private int flushThreads = 1;

	private long maxWritesPerSecond;

	private OnConflict onConflict = OnConflict.DEAD_LETTER;

	private StoreMode storeMode = StoreMode.AUTO;

	private Duration maxInterval = Duration.ofMillis(50);

	private PendingLog log = PendingLog.NONE;

	private ChangeChannel channel = ChangeChannel.NONE;

	private Specs(String name) {
		this.name = name;
	}

	/**
	 * Settings whose writes are deferred until something asks for a flush: the interval
	 * is ten minutes.
	 * @param name the name of the cache
	 * @return the settings
	 */
	public static Specs of(String name) {
		return new Specs(name);
	}

	public Specs policy(WritePolicy policy) {
		this.policy = policy;
		return this;
	}

	public Specs maximumSize(@Nullable Long maximumSize) {
		this.maximumSize = maximumSize;
		return this;
	}

	public Specs expireAfterWrite(Duration expireAfterWrite) {
		this.expireAfterWrite = expireAfterWrite;
		return this;
	}

	public Specs refreshAfterWrite(Duration refreshAfterWrite) {
		this.refreshAfterWrite = refreshAfterWrite;
		return this;
	}

	public Specs isolation(Isolation isolation) {
		this.isolation = isolation;
		return this;
	}

	public Specs cacheAbsent(boolean cacheAbsent) {
		this.cacheAbsent = cacheAbsent;
		return this;
	}

	public Specs invalidates(String... invalidates) {
		this.invalidates = List.of(invalidates);
		return this;
	}

	public Specs clustered(boolean clustered) {
		this.clustered = clustered;
		return this;
	}

	public Specs flushInterval(Duration flushInterval) {
		this.flushInterval = flushInterval;
		return this;
	}

	public Specs flushThreshold(int flushThreshold) {
		this.flushThreshold = flushThreshold;
		return this;
	}

	public Specs batchSize(int batchSize) {
		this.batchSize = batchSize;
		return this;
	}

	public Specs coalesce(boolean coalesce) {
		this.coalesce = coalesce;
		return this;
	}

	public Specs maxPending(int maxPending) {
		this.maxPending = maxPending;
		return this;
	}

	public Specs maxDeadLetters(int maxDeadLetters) {
		this.maxDeadLetters = maxDeadLetters;
		return this;
	}

	public Specs overflow(Overflow overflow, Duration timeout) {
		this.overflow = overflow;
		this.overflowTimeout = timeout;
		return this;
	}

	public Specs maxAttempts(int maxAttempts) {
		this.maxAttempts = maxAttempts;
		return this;
	}

	/**
	 * Set the first pause between attempts, and let no later one be shorter.
	 * @param initialInterval the pause
	 * @return this instance
	 */
	public Specs initialInterval(Duration initialInterval) {
		this.initialInterval = initialInterval;
		if (this.maxInterval.compareTo(initialInterval) < 0) {
			this.maxInterval = initialInterval;
		}
		return this;
	}

	public Specs flushThreads(int flushThreads) {
		this.flushThreads = flushThreads;
		return this;
	}

	public Specs maxWritesPerSecond(long maxWritesPerSecond) {
		this.maxWritesPerSecond = maxWritesPerSecond;
		return this;
	}

	public Specs onConflict(OnConflict onConflict) {
		this.onConflict = onConflict;
		return this;
	}

	public Specs storeMode(StoreMode storeMode) {
		this.storeMode = storeMode;
		return this;
	}

	public Specs maxInterval(Duration maxInterval) {
		this.maxInterval = maxInterval;
		return this;
	}

	public Specs channel(ChangeChannel channel) {
		this.channel = channel;
		return this;
	}

	public Specs log(PendingLog log) {
		this.log = log;
		return this;
	}

	public WriteBackSpec writeBack() {
		WriteBackSpec.Retry retry = new WriteBackSpec.Retry(this.maxAttempts, this.initialInterval, 2, this.maxInterval,
				0.2);
		return new WriteBackSpec(this.flushInterval, this.flushThreshold, this.batchSize, this.coalesce,
				this.maxPending, this.overflow, this.overflowTimeout, retry, this.flushThreads, this.maxWritesPerSecond,
				this.maxWritesPerSecond, this.storeMode, this.onConflict, this.log.isDurable(), false,
				this.maxDeadLetters);
	}

	public CacheSpec build() {
		CacheSpec.Bounds bounds = new CacheSpec.Bounds(null, this.maximumSize, this.expireAfterWrite, null,
				this.refreshAfterWrite);
		return new CacheSpec(this.name, this.policy, bounds, this.isolation, this.cacheAbsent, this.invalidates,
				this.trackChanges, false, this.clustered, null, null, null, writeBack());
	}

	/**
	 * Create a manager of one cache, and of plain ones for every other name.
	 * @param store the store of the cache, {@code null} for a plain one
	 * @return the manager
	 */
	public CaffeinePolicyCacheManager manager(@Nullable BackingStore store) {
		CacheInfrastructure infrastructure = new CacheInfrastructure(
				(spec, inferred) -> (spec.name().equals(this.name)) ? store : null,
				(value) -> (value instanceof Item item) ? item.copy() : value,
				new WriteBackFactory(Clock.systemUTC(), (letter) -> false, WriteContextCapture.NONE, FlushListener.NONE,
						(cacheName, found) -> (cacheName.equals(this.name)) ? this.log : PendingLog.NONE),
				(cacheName, caffeine) -> caffeine.executor(Runnable::run), WriteObserver.NONE, this.channel);
		return new CaffeinePolicyCacheManager(List.of(build()), (other) -> new Specs(other).build(), infrastructure,
				false);
	}

}
