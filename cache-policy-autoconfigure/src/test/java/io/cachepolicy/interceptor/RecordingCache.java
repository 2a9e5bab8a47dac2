package io.cachepolicy.interceptor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.cache.ForwardingCache;
import io.cachepolicy.cache.OperationViews;
import io.cachepolicy.cache.RepositoryView;
import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.cache.concurrent.ConcurrentMapCache;

/**
 * A cache that notes what happens to it, by operation.
 */
class RecordingCache extends ConcurrentMapCache implements PolicyCache, OperationViews {

	private final List<String> calls = new ArrayList<>();

	private @Nullable RuntimeException failure;

	RecordingCache(String name) {
		super(name, true);
	}

	List<String> calls() {
		return this.calls;
	}

	void failWith(RuntimeException failure) {
		this.failure = failure;
	}

	private void record(String call, @Nullable Object... args) {
		this.calls.add(call.formatted(args));
		if (this.failure != null) {
			throw this.failure;
		}
	}

	@Override
	public @Nullable RepositoryView repository(@Nullable WritePolicy policy) {
		return null;
	}

	@Override
	public void evict(Object key) {
		record("evict %s", key);
		super.evict(key);
	}

	@Override
	public void clear() {
		record("clear");
		super.clear();
	}

	@Override
	public Cache reading(Predicate<@Nullable Object> cacheable, Consumer<@Nullable Object> afterLoad) {
		return new ReadingView(this, cacheable, afterLoad);
	}

	@Override
	public Cache writing(@Nullable WritePolicy policy, boolean keyOfValue, Consumer<@Nullable Object> afterWrite) {
		return new ForwardingCache(this) {

			@Override
			public void put(Object key, @Nullable Object value) {
				record("write %s = %s by %s", keyOfValue ? "id" : key, value, policy);
				if (value != null) {
					afterWrite.accept(value);
				}
			}

		};
	}

	@Override
	public Cache removing(@Nullable WritePolicy policy, Consumer<@Nullable Object> afterRemove) {
		return new ForwardingCache(this) {

			@Override
			public void evict(Object key) {
				record("remove %s by %s", key, policy);
				afterRemove.accept(null);
			}

		};
	}

	@Override
	public WritePolicy getPolicy() {
		return WritePolicy.WRITE_THROUGH;
	}

	@Override
	public Map<Object, Object> getAll(Collection<?> keys) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void putAll(Map<?, ?> entries) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void remove(Object key) {
		throw new UnsupportedOperationException();
	}

	@Override
	public PolicyCache withPolicy(WritePolicy policy) {
		throw new UnsupportedOperationException();
	}

	@Override
	public long pendingWrites() {
		return 0;
	}

	@Override
	public FlushReport flush(Duration timeout) {
		return FlushReport.EMPTY;
	}

	@Override
	public List<DeadLetter> deadLetters() {
		return List.of();
	}

	@Override
	public boolean replay(DeadLetter letter) {
		return false;
	}

	@Override
	public boolean discard(DeadLetter letter) {
		return false;
	}

	private static final class ReadingView extends ForwardingCache {

		private final RecordingCache cache;

		private final Predicate<@Nullable Object> cacheable;

		private final Consumer<@Nullable Object> afterLoad;

		ReadingView(RecordingCache cache, Predicate<@Nullable Object> cacheable, Consumer<@Nullable Object> afterLoad) {
			super(cache);
			this.cache = cache;
			this.cacheable = cacheable;
			this.afterLoad = afterLoad;
		}

		@Override
		public <T> @Nullable T get(Object key, Callable<T> valueLoader) {
			this.cache.record("read %s", key);
			ValueWrapper cached = this.cache.get(key);
			if (cached != null) {
				return cast(cached.get());
			}
			T value;
			try {
				value = valueLoader.call();
			}
			catch (Exception ex) {
				throw new ValueRetrievalException(key, valueLoader, ex);
			}
			loaded(key, value);
			return value;
		}

		@Override
		public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
			this.cache.record("read %s", key);
			ValueWrapper cached = this.cache.get(key);
			if (cached != null) {
				return CompletableFuture.completedFuture(cast(cached.get()));
			}
			return valueLoader.get().thenApply((value) -> {
				loaded(key, value);
				return value;
			});
		}

		@SuppressWarnings("unchecked")
		private <T> @Nullable T cast(@Nullable Object value) {
			return (T) value;
		}

		@Override
		public void put(Object key, @Nullable Object value) {
			this.cache.record("populate %s = %s", key, value);
			loaded(key, value);
		}

		private void loaded(Object key, @Nullable Object value) {
			if (this.cacheable.test(value)) {
				this.cache.put(key, value);
			}
			this.afterLoad.accept(value);
		}

	}

}
