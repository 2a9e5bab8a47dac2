package io.cachepolicy.writeback;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.cachepolicy.DeadLetter;
import io.cachepolicy.RecoveredFailureException;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.PendingLog.Outcome;
import io.cachepolicy.spi.PendingLog.Recovered;
import io.cachepolicy.spi.PendingLog.Recovery;
import io.cachepolicy.spi.PendingLog.Revision;
import io.cachepolicy.spi.StoreVersions.Lineage;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.LogLines;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.mockito.InOrder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

/**
 * Tests for {@link PendingRecovery}, by what a log tells of an earlier process.
 */
class TakenOverWritesTests {

	private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

	@RegisterExtension
	private final LogLines lines = new LogLines(PendingRecovery.class);

	private final TestedPending pending = new TestedPending(10, true);

	private final PendingLog log = mock(PendingLog.class);

	private final DeadLetters letters = new DeadLetters(10, () -> {
	}, this.log);

	private final RecoveringStore store = new RecoveringStore();

	private void recover(Consumer<Recovery> told) {
		willAnswer((call) -> {
			told.accept(call.getArgument(0));
			return null;
		}).given(this.log).recover(any());
		new PendingRecovery("items", this.pending.chains(), this.letters, Clock.fixed(NOW, ZoneOffset.UTC), this.store)
			.recover(this.log);
	}

	private static Recovered write(Object key, Object value, long sequence) {
		return write(key, value, sequence, null);
	}

	private static Recovered write(Object key, Object value, long sequence, @Nullable Lineage lineage) {
		return new Recovered(key, value, sequence, new Revision(0, false), lineage);
	}

	private static DeadLetter letter(long id, Object key) {
		return new DeadLetter(id, "items", key, "refused", new IllegalStateException(), 1, Instant.EPOCH,
				Instant.EPOCH);
	}

	@Test
	@DisplayName("D3: all writes of a key are pending, and the oldest may be in the store already")
	void oldestWriteOfAKeyIsUnanswered() {
		recover((recovery) -> {
			recovery.pending(write("a", "older", 3));
			recovery.pending(write("a", "newer", 4));
			recovery.pending(write("b", Absent.VALUE, 5));
		});
		assertThat(this.pending.size()).isEqualTo(3);
		assertThat(this.pending.find("a")).isEqualTo("newer");
		assertThat(this.store.unanswered()).isEqualTo(Map.of("a", "older", "b", Absent.VALUE));
		assertThat(this.pending.lastSequence()).isEqualTo(5);
		verify(this.log).write();
	}

	@Test
	@DisplayName("D3: the versions of a row are those that the earlier process knew")
	void versionsAreThoseOfTheEarlierProcess() {
		Lineage lineage = new Lineage(1, 2, null, null, false);
		recover((recovery) -> {
			recovery.pending(write("a", "value", 1, lineage));
			recovery.pending(write("b", "value", 2));
		});
		assertThat(this.store.seeded).isEqualTo(Map.of("a", lineage));
	}

	@Test
	@DisplayName("D4: a pending write supersedes an older dead letter of its key, and no newer one")
	void pendingWriteSupersedesAnOlderDeadLetter() {
		recover((recovery) -> {
			recovery.deadLetter(letter(1, "superseded"), 1);
			recovery.deadLetter(letter(2, "kept"), 9);
			recovery.pending(write("superseded", "value", 2));
			recovery.pending(write("kept", "value", 3));
		});
		assertThat(this.letters.list()).extracting(DeadLetter::key).containsExactly("kept");
		assertThat(this.pending.lastSequence()).as("no number is given twice").isEqualTo(9);
		assertThat(this.letters.nextId()).isEqualTo(3);
	}

	@Test
	@DisplayName("D5: a write in doubt becomes a dead letter, and its record ends after that")
	void writeInDoubtBecomesADeadLetter() {
		recover((recovery) -> {
			recovery.inDoubt(write("a", "value", 7), "the process died");
			recovery.inDoubt(write("b", Absent.VALUE, 8), "the process died");
		});
		assertThat(this.letters.list()).hasSize(2).allSatisfy((letter) -> {
			assertThat(letter.kind()).isEqualTo(DeadLetter.Kind.IN_DOUBT);
			assertThat(letter.reason()).isInstanceOf(RecoveredFailureException.class)
				.hasMessageContaining("the process died");
			assertThat(letter.attempts()).isZero();
			assertThat(List.of(letter.firstFailure(), letter.lastFailure())).containsOnly(NOW);
			assertThat(letter.cache()).isEqualTo("items");
		}).extracting(DeadLetter::value).containsExactly("value", null);
		assertThat(this.pending.size()).isZero();
		assertThat(this.pending.lastSequence()).isEqualTo(8);
		InOrder order = inOrder(this.log);
		order.verify(this.log).bury(this.letters.list().get(0), 7);
		order.verify(this.log).settle("a", 7, Outcome.GIVEN_UP, 0);
		order.verify(this.log).settle("b", 8, Outcome.GIVEN_UP, 0);
		order.verify(this.log).write();
		assertThat(this.store.calls).as("nothing is unanswered").isEmpty();
	}

	@Test
	@DisplayName("D5: a write in doubt over which a newer one is pending is no dead letter")
	void newerWriteSettlesTheDoubt() {
		recover((recovery) -> {
			recovery.inDoubt(write("a", "older", 1), "the process died");
			recovery.inDoubt(write("b", "newer", 5), "the process died");
			recovery.pending(write("a", "newer", 2));
			recovery.pending(write("b", "older", 3));
		});
		verify(this.log).settle("a", 1, Outcome.SUPERSEDED, 0);
		verify(this.log).settle("b", 5, Outcome.GIVEN_UP, 0);
		assertThat(this.letters.list()).extracting(DeadLetter::key).containsExactly("b");
	}

	@Test
	@DisplayName("G2: what was taken over is told in one line")
	void recoveryIsTold() {
		recover((recovery) -> {
			recovery.deadLetter(letter(1, "c"), 1);
			recovery.pending(write("a", "value", 2));
			recovery.pending(write("a", "value", 3));
			recovery.inDoubt(write("d", "value", 4), "the process died");
			recovery.inDoubt(write("e", "value", 5), "the process died");
			recovery.inDoubt(write("f", "value", 6), "the process died");
		});
		assertThat(this.lines.list()).extracting(ILoggingEvent::getFormattedMessage)
			.singleElement()
			.asString()
			.matches("Recovered 2 pending writes and 1 dead letters of cache 'items' in \\d{1,4} ms, "
					+ "3 writes are in doubt");
	}

	@Test
	@DisplayName("G2: each kind of what was taken over is worth a line, nothing is not")
	void nothingIsToldOfNothing() {
		recover((recovery) -> {
		});
		assertThat(this.lines.list()).isEmpty();
		assertThat(this.store.calls).isEmpty();
		verify(this.log, never()).settle(any(), anyLong(), any(), anyLong());
		recover((recovery) -> recovery.deadLetter(letter(1, "c"), 1));
		recover((recovery) -> recovery.inDoubt(write("d", "value", 2), "the process died"));
		recover((recovery) -> recovery.pending(write("a", "value", 3)));
		assertThat(this.lines.list()).hasSize(3);
	}

	/**
	 * Remembers what it is told of the earlier process.
	 */
	private static final class RecoveringStore extends FakeStore {

		private final Map<Object, Lineage> seeded = new LinkedHashMap<>();

		private final List<Map<Object, Object>> calls = new ArrayList<>();

		@Override
		public void seed(Object key, Lineage lineage) {
			this.seeded.put(key, lineage);
		}

		@Override
		public void unanswered(Map<Object, Object> values) {
			this.calls.add(values);
			super.unanswered(values);
		}

	}

}
