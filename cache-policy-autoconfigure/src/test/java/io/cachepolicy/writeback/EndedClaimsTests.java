package io.cachepolicy.writeback;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.testsupport.Specs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link Settlement}, claim by claim.
 */
class EndedClaimsTests {

	private final TestedPending pending = new TestedPending(10, true);

	private final List<String> told = new ArrayList<>();

	private final DeadLetters letters = new DeadLetters(2, () -> {
	});

	private final WriteCounters counters = new WriteCounters();

	private final Listener listener = new Listener();

	private final Settlement settlement = new Settlement("items", this.pending.parts(),
			new FlushRequests(this.pending.parts()), this.letters, this.listener, (letter) -> false, this.counters,
			Clock.systemUTC(), PendingLog.NONE);

	private Claim claim(Object key) {
		assertThat(this.pending.tryReserve(1)).isTrue();
		this.pending.add(key, "value", null, 0);
		PendingWrite write = Objects.requireNonNull(this.pending.head(key));
		return Objects.requireNonNull(this.pending.claim(write, write.sequence()));
	}

	private boolean deadLetter(Claim claim) {
		Attempts attempts = Attempts.none(Specs.of("items").writeBack().retry())
			.failed(Instant.EPOCH, 0, 0, true, true, null);
		return this.settlement.deadLetter(claim, DeadLetter.Kind.REFUSED, new IllegalStateException("refused"),
				attempts, (next) -> {
				});
	}

	@Test
	@DisplayName("F2: a write that is given up leaves, is told, and is kept with its attempts")
	void deadLetterIsKept() {
		assertThat(deadLetter(claim("k"))).isTrue();
		assertThat(this.letters.list()).singleElement().satisfies((letter) -> {
			assertThat(letter.key()).isEqualTo("k");
			assertThat(letter.attempts()).isOne();
			assertThat(letter.firstFailure()).isEqualTo(Instant.EPOCH);
		});
		assertThat(this.told).containsExactly("given up k");
		assertThat(this.pending.isIdle()).isTrue();
	}

	@Test
	@DisplayName("W2: a write that was taken away is not given up, and its claim needs nothing more")
	void writeThatWasTakenAwayIsNotGivenUp() {
		Claim claim = claim("k");
		this.pending.hold(List.of("k"));
		this.pending.parts().claims().revoke("k");
		assertThat(deadLetter(claim)).as("not to be tried for room").isTrue();
		this.settlement.lost(claim, (next) -> {
		});
		assertThat(this.letters.list()).isEmpty();
		assertThat(this.told).isEmpty();
		assertThat(this.counters.cancelled.sum() + this.counters.deadLettered.sum()).isZero();
		assertThat(this.pending.size()).isOne();
	}

	@Test
	@DisplayName("F2: a write for which no dead letter can be kept stays pending")
	void writeWithoutRoomForItsDeadLetterStays() {
		deadLetter(claim(1));
		deadLetter(claim(2));
		assertThat(deadLetter(claim(3))).isFalse();
		assertThat(this.pending.size()).isOne();
		assertThat(this.letters.list()).extracting(DeadLetter::key).containsExactly(1, 2);
		assertThat(this.told).containsExactly("given up 1", "given up 2");
	}

	@Test
	@DisplayName("J3: a write that lost to another writer is dropped, and its entry is forgotten")
	void lostWriteIsDropped() {
		this.settlement.lost(claim("k"), (next) -> {
		});
		assertThat(this.told).containsExactly("given up k");
		assertThat(this.counters.cancelled.sum()).isOne();
		assertThat(this.letters.list()).isEmpty();
		assertThat(this.pending.isIdle()).isTrue();
	}

	@Test
	@DisplayName("R1: a stored write leaves after its value was shown, and its entry is forgotten if that failed")
	void storedWriteLeavesAfterItWasShown() {
		deadLetter(claim("k"));
		this.told.clear();
		this.settlement.written(claim("k"), "as stored", (next) -> {
		});
		assertThat(this.told).containsExactly("written value of 1, now as stored");
		assertThat(this.letters.list()).as("superseded").isEmpty();
		this.told.clear();
		this.listener.failing = true;
		Claim claim = claim("k");
		assertThatIllegalStateException().isThrownBy(() -> this.settlement.written(claim, null, (next) -> {
		}));
		assertThat(this.told).containsExactly("given up k");
		assertThat(this.pending.isIdle()).isTrue();
		assertThat(this.counters.written.sum()).isEqualTo(2);
	}

	/**
	 * Notes what it is told.
	 */
	private final class Listener implements PendingWrites.Listener {

		private boolean failing;

		@Override
		public void onWritten(Object key, Object value, @Nullable Object stored) {
			if (this.failing) {
				throw new IllegalStateException("not shown");
			}
			EndedClaimsTests.this.told.add("written %s of %d, now %s".formatted(value,
					EndedClaimsTests.this.pending.size(), EndedClaimsTests.this.pending.find(key)));
		}

		@Override
		public void onGivenUp(Object key) {
			assertThat(EndedClaimsTests.this.pending.find(key)).as("it left before").isNull();
			EndedClaimsTests.this.told.add("given up " + key);
		}

		@Override
		public void onStoreChanged(Collection<Object> keys) {
		}

	}

}
