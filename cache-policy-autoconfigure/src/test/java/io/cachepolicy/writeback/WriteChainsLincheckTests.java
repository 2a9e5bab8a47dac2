package io.cachepolicy.writeback;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

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
 * Shows that {@link WriteChains} are linearizable: whatever several threads do at the
 * same time, each gets what it would get if the operations were done one after the other.
 * A key is a queue of values, or one value if writes coalesce.
 */
@Tag("lincheck")
class WriteChainsLincheckTests {

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void modelCheckingFindsNoOtherOrder(boolean coalesce) {
		new ModelCheckingOptions().iterations(25)
			.invocationsPerIteration(100)
			.threads(3)
			.actorsPerThread(2)
			.actorsBefore(2)
			.actorsAfter(2)
			.sequentialSpecification(coalesce ? OneValue.class : Values.class)
			.check(coalesce ? Coalescing.class : Chained.class);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void stressFindsNoOtherOrder(boolean coalesce) {
		new StressOptions().iterations(50)
			.invocationsPerIteration(1000)
			.threads(3)
			.actorsPerThread(3)
			.actorsBefore(2)
			.actorsAfter(2)
			.sequentialSpecification(coalesce ? OneValue.class : Values.class)
			.check(coalesce ? Coalescing.class : Chained.class);
	}

	/**
	 * What several threads do. A flush takes the oldest write of its key; who can't yet,
	 * as another thread has it or holds its key, tries again.
	 */
	@Param(name = "value", gen = IntGen.class, conf = "1:9")
	public abstract static class Operations {

		private static final Object KEY = "key";

		private static final int ROOM = 100;

		private final TestedPending pending = new TestedPending(ROOM, this instanceof Coalescing);

		@Operation
		public void write(@Param(name = "value") int value) {
			check(this.pending.tryReserve(1));
			this.pending.add(KEY, value, null, 0);
		}

		@Operation
		public @Nullable Object find() {
			return this.pending.find(KEY);
		}

		@Operation
		public @Nullable Object flush() {
			Claim claim = claim();
			if (claim == null) {
				return null;
			}
			this.pending.complete(claim);
			return claim.value();
		}

		@Operation
		public @Nullable Object fail() {
			Claim claim = claim();
			if (claim == null) {
				return null;
			}
			this.pending.giveBack(claim);
			return claim.value();
		}

		@Operation
		public void release() {
			hold(false);
		}

		void hold(boolean supersede) {
			List<Object> keys = List.of(KEY);
			long last = this.pending.hold(keys);
			while (this.pending.isInFlight(KEY)) {
				Thread.onSpinWait();
			}
			if (supersede) {
				this.pending.drop(KEY, last, () -> null, null);
			}
			this.pending.unhold(keys);
		}

		private @Nullable Claim claim() {
			PendingWrite head = this.pending.head(KEY);
			while (head != null) {
				Claim claim = this.pending.claim(head, head.sequence());
				if (claim != null) {
					return claim;
				}
				Thread.onSpinWait();
				head = this.pending.head(KEY);
			}
			return null;
		}

		@Validate
		public void nothingStaysAfterAFlushOfAll() {
			for (int i = 0; i < ROOM && this.pending.size() > 0; i++) {
				flush();
			}
			check(this.pending.size() == 0);
			check(this.pending.isIdle());
		}

		private static void check(boolean condition) {
			if (!condition) {
				throw new IllegalStateException("Not what the invariants say");
			}
		}

	}

	public static final class Coalescing extends Operations {

		@Operation
		public void supersede() {
			hold(true);
		}

	}

	public static final class Chained extends Operations {

	}

	/**
	 * What {@link Chained} does, by one thread.
	 */
	public static final class Values {

		private final Deque<Integer> values = new ArrayDeque<>();

		public void write(int value) {
			this.values.add(value);
		}

		public @Nullable Object find() {
			return this.values.peekLast();
		}

		public @Nullable Object flush() {
			return this.values.poll();
		}

		public @Nullable Object fail() {
			return this.values.peek();
		}

		public void release() {
		}

	}

	/**
	 * What {@link Coalescing} does, by one thread.
	 */
	public static final class OneValue {

		private @Nullable Object value;

		public void write(int value) {
			this.value = value;
		}

		public @Nullable Object find() {
			return this.value;
		}

		public @Nullable Object flush() {
			Object flushed = this.value;
			this.value = null;
			return flushed;
		}

		public @Nullable Object fail() {
			return this.value;
		}

		public void release() {
		}

		public void supersede() {
			this.value = null;
		}

	}

}
