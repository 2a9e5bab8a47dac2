package io.cachepolicy.faults;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.cachepolicy.DeadLetter;
import io.cachepolicy.PolicyCacheCustomizer;
import io.cachepolicy.StoreAvailable;
import io.cachepolicy.StoreUnavailable;
import io.cachepolicy.WriteDeadLettered;
import io.cachepolicy.WriteFailureHandler;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.WritesFlushed;
import io.cachepolicy.jpa.codec.EntityCodec;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.ChangeChannel;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.ValueCodec;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.spi.WriteContextCapture;
import io.cachepolicy.spi.WriteObserver;
import io.cachepolicy.testsupport.MemoryLog;
import jakarta.persistence.EntityManagerFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.event.EventListener;

/**
 * Code of the application that is called by caches, and fails.
 */
final class FaultyCode implements PolicyCacheCustomizer, WriteFailureHandler, FlushListener, WriteObserver,
		WriteContextCapture, PendingLog.Factory, ChangeChannel {

	private final Faults faults;

	private final Setup setup;

	private final Map<String, MemoryLog> logs = new ConcurrentHashMap<>();

	private final List<Receiver> receivers = new CopyOnWriteArrayList<>();

	private volatile @Nullable EntityManagerFactory entities;

	FaultyCode(Faults faults, Setup setup) {
		this.faults = faults;
		this.setup = setup;
	}

	@Override
	public void customize(String cacheName, Caffeine<Object, Object> caffeine) {
		caffeine.expireAfter(new FaultyExpiry()).removalListener((key, value, cause) -> this.faults.hit(Point.REMOVAL));
		if (this.setup.listening()) {
			caffeine.executor(Runnable::run);
		}
	}

	@Override
	public void handle(DeadLetter letter) {
		this.faults.hit(Point.HANDLER);
	}

	@Override
	public Flush begin(String cacheName, List<WriteContext> contexts) {
		this.faults.hit(Point.FLUSH_LISTENER);
		return (result) -> this.faults.hit(Point.FLUSH_LISTENER);
	}

	@Override
	public void storeAway(Set<String> cacheNames, long pending, Throwable failure) {
		this.faults.hit(Point.FLUSH_LISTENER);
	}

	@Override
	public void storeBack(Set<String> cacheNames, long pending, Duration away) {
		this.faults.hit(Point.FLUSH_LISTENER);
	}

	@EventListener({ WriteDeadLettered.class, WritesFlushed.class, StoreUnavailable.class, StoreAvailable.class })
	void on() {
		this.faults.hit(Point.EVENT);
	}

	@Override
	public <T> T observe(String cacheName, WritePolicy policy, int rows, Supplier<T> call) {
		this.faults.hit(Point.OBSERVER);
		T result = call.get();
		this.faults.hit(Point.OBSERVER);
		return result;
	}

	@Override
	public @Nullable WriteContext capture() {
		this.faults.hit(Point.CAPTURE);
		return (action) -> {
			this.faults.hit(Point.RESTORE);
			action.run();
		};
	}

	@Override
	public PendingLog open(String cacheName, BackingStore store) {
		if (!this.setup.logged()) {
			return PendingLog.NONE;
		}
		MemoryLog log = new MemoryLog();
		ValueCodec codec = new EntityCodec(Objects.requireNonNull(this.entities), store.keys().getValueType());
		log.beforePrepare((key, value) -> {
			codec.encode(key);
			this.faults.hit(Point.ENCODE);
			if (!Absent.is(value)) {
				codec.decode(codec.encode(value));
			}
		});
		log.beforePromise(() -> this.faults.hit(Point.PROMISE));
		log.beforeForce(() -> this.faults.hit(Point.FORCE));
		this.logs.put(cacheName, log);
		return log;
	}

	/**
	 * Say what is to be recorded.
	 * @param entities the mapping of the values
	 */
	void entities(EntityManagerFactory entities) {
		this.entities = entities;
	}

	@Override
	public void publish(String cacheName, Collection<?> keys) {
		this.faults.hit(Point.CHANNEL);
	}

	@Override
	public void publishAll(String cacheName) {
		this.faults.hit(Point.CHANNEL);
	}

	@Override
	public void subscribe(Receiver receiver) {
		this.receivers.add(receiver);
	}

	/**
	 * Tell the caches what others say.
	 * @param message what they say
	 */
	void receive(Consumer<Receiver> message) {
		this.receivers.forEach(message);
	}

	/**
	 * Return what is recorded of the pending writes of a cache.
	 * @param cacheName the name of the cache
	 * @return the log, {@code null} if there is none
	 */
	@Nullable MemoryLog log(String cacheName) {
		return this.logs.get(cacheName);
	}

	private final class FaultyExpiry implements Expiry<Object, Object> {

		@Override
		public long expireAfterCreate(Object key, Object value, long currentTime) {
			FaultyCode.this.faults.hit(Point.EXPIRY);
			return Long.MAX_VALUE;
		}

		@Override
		public long expireAfterUpdate(Object key, Object value, long currentTime, long currentDuration) {
			FaultyCode.this.faults.hit(Point.EXPIRY);
			return currentDuration;
		}

		@Override
		public long expireAfterRead(Object key, Object value, long currentTime, long currentDuration) {
			return currentDuration;
		}

	}

}
