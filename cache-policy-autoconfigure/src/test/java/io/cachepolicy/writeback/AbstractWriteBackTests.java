package io.cachepolicy.writeback;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.testsupport.Specs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Base of tests that watch the deferred writes of one or more caches.
 */
abstract class AbstractWriteBackTests {

	static final Duration TIMEOUT = Duration.ofSeconds(10);

	final List<DeadLetter> handled = new CopyOnWriteArrayList<>();

	final List<Object> forgotten = new CopyOnWriteArrayList<>();

	/**
	 * Run before an entry is forgotten.
	 */
	volatile Runnable beforeForget = () -> {
	};

	private final WriteBackFactory factory = new WriteBackFactory(Clock.systemUTC(), this.handled::add, this::capture);

	private final List<PendingWrites> created = new ArrayList<>();

	/**
	 * Return the context of the current thread.
	 * @return the context, {@code null} unless a test has one
	 */
	@Nullable WriteContext capture() {
		return null;
	}

	WriteBack create(Specs specs, BackingStore store) {
		return create("items", specs, store);
	}

	WriteBack create(String name, Specs specs, BackingStore store) {
		WriteBack writes = (WriteBack) this.factory.create(name, specs.writeBack(), store, new Listener());
		this.created.add(writes);
		return writes;
	}

	@AfterEach
	void close() {
		this.created.forEach(PendingWrites::close);
		this.created.forEach((writes) -> writes.awaitDrained(TIMEOUT));
	}

	static void awaitLatch(CountDownLatch latch) {
		try {
			assertThat(latch.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Remembers what is to be forgotten.
	 */
	private final class Listener implements PendingWrites.Listener {

		@Override
		public void onWritten(Object key, Object value, @Nullable Object stored) {
		}

		@Override
		public void onGivenUp(Object key) {
			AbstractWriteBackTests.this.beforeForget.run();
			AbstractWriteBackTests.this.forgotten.add(key);
		}

		@Override
		public void onStoreChanged(Collection<Object> keys) {
		}

	}

}
