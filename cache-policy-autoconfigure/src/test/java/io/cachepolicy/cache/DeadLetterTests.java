package io.cachepolicy.cache;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.DrainTimeoutException;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.settings.Isolation;
import io.cachepolicy.settings.OnConflict;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.OptimisticLockingFailureException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what a {@link DeadLetter} says, and for finding it by its id.
 */
class DeadLetterTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final FakeStore store = new FakeStore();

	private PolicyCache create(Specs specs) {
		PolicyCache cache = specs.policy(WritePolicy.WRITE_BACK)
			.isolation(Isolation.SHARED)
			.maxAttempts(2)
			.manager(this.store)
			.getCache("items");
		assertThat(cache).isNotNull();
		return cache;
	}

	private DeadLetter letter(PolicyCache cache, Object value, RuntimeException failure) {
		this.store.beforeWrite((keys) -> {
			throw failure;
		});
		cache.put("k", value);
		assertThat(cache.flush(TIMEOUT).failed()).isOne();
		this.store.beforeWrite((keys) -> {
		});
		return cache.deadLetters().get(0);
	}

	@Test
	void refusedWriteSaysSo() {
		DeadLetter letter = letter(create(Specs.of("items")), "value", new DataIntegrityViolationException("no"));
		assertThat(letter.kind()).isEqualTo(DeadLetter.Kind.REFUSED);
		assertThat(letter).hasToString("DeadLetter[id=1, cache=items, key=k, operation=put, kind=REFUSED, reason="
				+ letter.reason().getClass().getName() + ", attempts=2]");
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STORE_WINS")
	void conflictSaysSoAlsoIfItCouldNotBeWrittenOver(OnConflict onConflict) {
		DeadLetter letter = letter(create(Specs.of("items").onConflict(onConflict)), "value",
				new OptimisticLockingFailureException("changed"));
		assertThat(letter.kind()).isEqualTo(DeadLetter.Kind.CONFLICT);
	}

	@Test
	void kindFollowsFromTheReasonIfNoneIsGiven() {
		assertThat(
				new DeadLetter(1, "items", "k", "value", new IllegalStateException(), 1, Instant.EPOCH, Instant.EPOCH)
					.kind())
			.isEqualTo(DeadLetter.Kind.REFUSED);
		assertThat(new DeadLetter(1, "items", "k", "value", new DrainTimeoutException("late", null), 1, Instant.EPOCH,
				Instant.EPOCH)
			.kind()).isEqualTo(DeadLetter.Kind.NOT_STORED);
	}

	@Test
	void letterIsReplayedAndDiscardedByItsIdWhateverItsValueIs() {
		PolicyCache cache = create(Specs.of("items"));
		DeadLetter letter = letter(cache, new Unequal(), new DataIntegrityViolationException("no"));
		DeadLetter same = new DeadLetter(letter.id(), "items", "k", "another value", letter.kind(), letter.reason(), 7,
				Instant.EPOCH, Instant.EPOCH);
		assertThat(cache.replay(same)).isTrue();
		assertThat(cache.flush(TIMEOUT).written()).isOne();
		assertThat(this.store.rows().get("k")).as("the value that was kept").isSameAs(letter.value());
		assertThat(cache.replay(letter)).isFalse();
		DeadLetter second = letter(cache, new Unequal(), new DataIntegrityViolationException("no"));
		assertThat(cache.discard(letter)).as("an older letter of the key").isFalse();
		assertThat(cache.deadLetters()).isEqualTo(List.of(second));
		assertThat(cache.discard(second)).isTrue();
		assertThat(cache.discard(second)).isFalse();
	}

	/**
	 * Equal to nothing.
	 */
	private static final class Unequal {

		@Override
		public boolean equals(Object other) {
			return false;
		}

		@Override
		public int hashCode() {
			return 1;
		}

	}

}
