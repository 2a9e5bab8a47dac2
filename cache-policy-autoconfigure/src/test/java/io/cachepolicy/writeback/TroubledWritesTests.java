package io.cachepolicy.writeback;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.cachepolicy.settings.WriteBackSpec;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TroubledWrites}, {@link Suspects} and {@link Retries}.
 */
class TroubledWritesTests {

	private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

	private final long start = System.nanoTime();

	private final TroubledWrites troubled = new TroubledWrites(4);

	private final List<PendingWrite> writes = IntStream.range(0, 10)
		.mapToObj((key) -> new PendingWrite(key, "value", null, key + 1, 0))
		.toList();

	private final Set<PendingWrite> unclaimable = new HashSet<>();

	private Suspects group(int from, int to) {
		return new Suspects(this.writes.subList(from, to), 2, 7, null);
	}

	private void retry(int key, long failedAt) {
		PendingWrite write = this.writes.get(key);
		write.attempts(Attempts.none(new WriteBackSpec.Retry(5, Duration.ofNanos(PAUSE), 1, Duration.ofSeconds(30), 0))
			.failed(Instant.EPOCH, this.start + failedAt, 0, true, true, null));
		this.troubled.retry(write);
	}

	private List<Object> take(int limit, long after, boolean one) {
		RecordingClaimer claimer = new RecordingClaimer(limit);
		this.troubled.take(claimer, this.start + after, false, one);
		return claimer.claimed.stream().map(PendingWrite::key).toList();
	}

	@Test
	void groupIsPartedIntoAsManyGroupsAsThereAreParts() {
		assertThat(group(0, 5).split()).extracting((part) -> part.writes().size()).containsExactly(2, 3);
		assertThat(new Suspects(this.writes, 3, 7, null).split()).extracting((part) -> part.writes().size())
			.containsExactly(3, 3, 4);
		assertThat(new Suspects(this.writes.subList(0, 2), 16, 7, null).split()).hasSize(2)
			.allSatisfy((part) -> assertThat(part.answers()).isEqualTo(7));
	}

	@Test
	void groupsAreTakenOneByOneInTheirOrder() {
		assertThat(this.troubled.isEmpty()).isTrue();
		assertThat(this.troubled.nanosUntilDue(this.start, false)).isEqualTo(Long.MAX_VALUE);
		this.troubled.add(group(0, 2));
		this.troubled.add(group(2, 4));
		assertThat(this.troubled.contains(this.writes.get(3))).isTrue();
		assertThat(this.troubled.nanosUntilDue(this.start, false)).isZero();
		assertThat(take(10, 0, false)).containsExactly(0, 1);
		assertThat(this.troubled.contains(this.writes.get(1))).isFalse();
		assertThat(take(10, 0, false)).containsExactly(2, 3);
		assertThat(this.troubled.isEmpty()).isTrue();
	}

	@Test
	@DisplayName("F1: one write is enough for a probe, the next time another one")
	void oneWriteIsEnoughForAProbe() {
		this.troubled.add(group(0, 3));
		this.troubled.add(group(3, 5));
		assertThat(take(10, 0, true)).containsExactly(0);
		assertThat(take(10, 0, true)).containsExactly(3);
		assertThat(take(10, 0, true)).containsExactly(1);
		assertThat(this.troubled.contains(this.writes.get(2))).isTrue();
	}

	@Test
	void whatFindsNoRoomStays() {
		this.troubled.add(group(0, 5));
		assertThat(take(2, 0, false)).containsExactly(0, 1);
		assertThat(take(2, 0, false)).containsExactly(2, 3);
		assertThat(take(2, 0, false)).containsExactly(4);
	}

	@Test
	void groupOfWhichNothingCanBeClaimedIsPassed() {
		this.unclaimable.addAll(this.writes.subList(0, 2));
		this.troubled.add(group(0, 2));
		this.troubled.add(group(2, 3));
		assertThat(take(10, 0, false)).containsExactly(2);
	}

	@Test
	void singleWritesComeAtTheirTime() {
		retry(1, 50);
		retry(0, 0);
		assertThat(this.troubled.nanosUntilDue(this.start, false)).isEqualTo(PAUSE);
		assertThat(this.troubled.nanosUntilDue(this.start, true)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
		assertThat(take(10, PAUSE - 1, false)).isEmpty();
		assertThat(take(10, PAUSE + 50, false)).containsExactly(0);
		assertThat(take(10, PAUSE + 50, false)).containsExactly(1);
	}

	@Test
	@DisplayName("W8: groups and single writes take turns")
	void groupsAndSingleWritesTakeTurns() {
		this.troubled.add(group(5, 6));
		this.troubled.add(group(6, 7));
		retry(0, 0);
		retry(1, 1);
		assertThat(take(10, 2 * PAUSE, false)).containsExactly(5);
		assertThat(take(10, 2 * PAUSE, false)).containsExactly(0);
		assertThat(take(10, 2 * PAUSE, false)).containsExactly(6);
		assertThat(take(10, 2 * PAUSE, false)).containsExactly(1);
	}

	@Test
	@DisplayName("W8: single writes are tried together after one was stored, and alone after one was not")
	void singleWritesAreTriedTogetherAfterOneWasStored() {
		for (int key = 0; key < 10; key++) {
			retry(key, key);
		}
		assertThat(take(10, 2 * PAUSE, false)).containsExactly(0);
		this.troubled.tried(true);
		assertThat(take(10, 2 * PAUSE, false)).containsExactly(1, 2);
		this.troubled.tried(true);
		this.troubled.tried(true);
		assertThat(take(10, 2 * PAUSE, false)).as("at most the size of a batch").containsExactly(3, 4, 5, 6);
		this.troubled.tried(false);
		assertThat(take(10, 2 * PAUSE, false)).containsExactly(7);
	}

	@Test
	void writeWhoseValueWasReplacedIsTriedAtItsNewTime() {
		retry(0, 0);
		PendingWrite write = this.writes.get(0);
		write.replace("newer", null);
		this.troubled.renew(write);
		assertThat(take(10, 1, false)).containsExactly(0);
		this.troubled.renew(write);
		assertThat(this.troubled.contains(write)).as("not here").isFalse();
	}

	/**
	 * Claims what it is asked to, in memory.
	 */
	private final class RecordingClaimer implements Claimer {

		private final List<PendingWrite> claimed = new ArrayList<>();

		private final int limit;

		RecordingClaimer(int limit) {
			this.limit = limit;
		}

		@Override
		public boolean hasRoom() {
			return this.claimed.size() < this.limit;
		}

		@Override
		public int size() {
			return this.claimed.size();
		}

		@Override
		public void claim(PendingWrite write) {
			if (!TroubledWritesTests.this.unclaimable.contains(write)) {
				this.claimed.add(write);
			}
		}

		@Override
		public void claimUnblocked(PendingWrite write, Prerequisite met) {
			claim(write);
		}

	}

}
