package io.cachepolicy.writeback;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.cachepolicy.spi.Absent;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Shows that {@link WriteChains} in front of a store are as good as the store: a reader
 * who looks at the pending writes first and at the store then, in two steps, never misses
 * an accepted write and never sees an older one again, whatever the flusher does.
 */
@Tag("lincheck")
class StoreReadsLincheckTests {

	@ParameterizedTest
	@ValueSource(classes = { Coalescing.class, Chained.class })
	void modelCheckingFindsNoStaleRead(Class<?> operations) {
		new ModelCheckingOptions().iterations(25)
			.invocationsPerIteration(100)
			.threads(3)
			.actorsPerThread(2)
			.actorsBefore(2)
			.actorsAfter(2)
			.sequentialSpecification(Store.class)
			.check(operations);
	}

	@ParameterizedTest
	@ValueSource(classes = { Coalescing.class, Chained.class })
	void stressFindsNoStaleRead(Class<?> operations) {
		new StressOptions().iterations(50)
			.invocationsPerIteration(1000)
			.threads(3)
			.actorsPerThread(3)
			.actorsBefore(2)
			.actorsAfter(2)
			.sequentialSpecification(Store.class)
			.check(operations);
	}

	/**
	 * What several threads do, all of which may flush, but take turns to claim. A write
	 * that finds no room goes to the store at once.
	 */
	@Param(name = "key", gen = IntGen.class, conf = "1:2")
	@Param(name = "value", gen = IntGen.class, conf = "1:9")
	public abstract static class Operations {

		private static final int ROOM = 2;

		private final TestedPending pending = new TestedPending(ROOM, this instanceof Coalescing);

		private final Map<Object, Object> store = new ConcurrentHashMap<>();

		private final Queue<PendingWrite> again = new ConcurrentLinkedQueue<>();

		@Operation
		public void put(@Param(name = "key") int key, @Param(name = "value") int value) {
			write(key, value);
		}

		@Operation
		public void delete(@Param(name = "key") int key) {
			write(key, Absent.VALUE);
		}

		@Operation
		public void writeThrough(@Param(name = "key") int key, @Param(name = "value") int value) {
			store(key, value);
		}

		@Operation
		public @Nullable Object get(@Param(name = "key") int key) {
			Object value = this.pending.find(key);
			if (value == null) {
				return this.store.get(key);
			}
			return (!Absent.is(value)) ? value : null;
		}

		@Operation
		public void rollBack(@Param(name = "key") int key) {
			List<Object> keys = List.of(key);
			hold(keys);
			this.pending.unhold(keys);
		}

		@Operation
		public void expedite(@Param(name = "key") int key) {
			this.pending.expedite(key);
		}

		@Operation
		public void flush() {
			Claim claim = take();
			if (claim != null) {
				apply(claim.key(), claim.value());
				PendingWrite next = this.pending.complete(claim);
				if (next != null) {
					this.pending.enqueue(next);
				}
			}
		}

		@Operation
		public void fail() {
			Claim claim = take();
			if (claim != null) {
				this.pending.giveBack(claim);
				this.again.add(claim.write());
			}
		}

		@Validate
		public void everyWriteReachesTheStore() {
			Object first = get(1);
			Object second = get(2);
			for (int i = 0; i < 100 && this.pending.size() > 0; i++) {
				flush();
			}
			check(this.pending.size() == 0);
			check(this.pending.isIdle());
			check(Objects.equals(this.store.get(1), first));
			check(Objects.equals(this.store.get(2), second));
		}

		private void write(Object key, Object value) {
			if (this.pending.tryReserve(1)) {
				this.pending.add(key, value, null, 0);
				check(this.pending.size() <= ROOM);
			}
			else if (this.pending.coalesce(key, value, null) == 0) {
				store(key, value);
			}
		}

		private void store(Object key, Object value) {
			List<Object> keys = List.of(key);
			long last = hold(keys);
			apply(key, value);
			this.pending.drop(key, last, () -> value, null);
			this.pending.unhold(keys);
		}

		private long hold(List<Object> keys) {
			long last = this.pending.hold(keys);
			while (this.pending.isInFlight(keys.get(0))) {
				Thread.onSpinWait();
			}
			return last;
		}

		private void apply(Object key, Object value) {
			if (Absent.is(value)) {
				this.store.remove(key);
			}
			else {
				this.store.put(key, value);
			}
		}

		/**
		 * Take the next write as the flusher does: urgent ones, given back ones, queued
		 * ones. What can't be claimed is left to who holds its key.
		 * @return the claim, or {@code null} if nothing can be claimed
		 */
		private synchronized @Nullable Claim take() {
			Object key = this.pending.pollUrgent();
			PendingWrite write = (key != null) ? this.pending.head(key) : this.again.poll();
			if (write == null) {
				write = this.pending.peek();
				if (write != null) {
					this.pending.removePeeked();
				}
			}
			return (write != null && !this.again.contains(write)) ? this.pending.claim(write, write.sequence()) : null;
		}

		private static void check(boolean condition) {
			if (!condition) {
				throw new IllegalStateException("Not what the invariants say");
			}
		}

	}

	public static final class Coalescing extends Operations {

	}

	public static final class Chained extends Operations {

	}

	/**
	 * A store without anything in front of it.
	 */
	public static final class Store {

		private final Map<Integer, Integer> rows = new HashMap<>();

		public void put(int key, int value) {
			this.rows.put(key, value);
		}

		public void delete(int key) {
			this.rows.remove(key);
		}

		public void writeThrough(int key, int value) {
			this.rows.put(key, value);
		}

		public @Nullable Object get(int key) {
			return this.rows.get(key);
		}

		public void rollBack(int key) {
		}

		public void expedite(int key) {
		}

		public void flush() {
		}

		public void fail() {
		}

	}

}
