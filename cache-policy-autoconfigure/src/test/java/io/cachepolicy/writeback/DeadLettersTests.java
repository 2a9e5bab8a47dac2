package io.cachepolicy.writeback;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.cachepolicy.DeadLetter;
import io.cachepolicy.testsupport.LogLines;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

class DeadLettersTests {

	private static final int LIMIT = 20;

	private final DeadLetters letters = new DeadLetters(LIMIT, () -> this.rooms++);

	@RegisterExtension
	private final LogLines log = new LogLines(DeadLetters.class);

	private int rooms;

	private DeadLetter add(Object key) {
		return add(key, 1);
	}

	private DeadLetter add(Object key, long sequence) {
		DeadLetter letter = letter(key);
		assertThat(this.letters.add(letter, sequence)).isTrue();
		return Objects.requireNonNull(this.letters.find(letter));
	}

	@Test
	void idsAreDistinct() {
		assertThat(this.letters.nextId()).isNotEqualTo(this.letters.nextId());
	}

	@Test
	void lastLetterOfAKeyIsKept() {
		add(1L);
		DeadLetter second = add(2L);
		DeadLetter again = add(1L);
		assertThat(this.letters.list()).containsExactly(second, again);
	}

	@Test
	void supersedeDropsTheLetterOfItsKey() {
		this.letters.supersede(1L, 2);
		add(1L);
		DeadLetter second = add(2L);
		this.letters.supersede(1L, 2);
		assertThat(this.letters.list()).containsExactly(second);
		this.letters.supersede(2L, 2);
		assertThat(this.letters.list()).isEmpty();
		add(2L);
		this.letters.supersede(2L, 2);
		assertThat(this.letters.list()).isEmpty();
	}

	@Test
	void supersedeKeepsTheLetterOfAWriteThatIsNotOlder() {
		DeadLetter letter = add(1L, 5);
		this.letters.supersede(1L, 4);
		this.letters.supersede(1L, 5);
		assertThat(this.letters.list()).containsExactly(letter);
		this.letters.supersede(1L, 6);
		assertThat(this.letters.list()).isEmpty();
	}

	@Test
	void removeIsForTheVeryLetter() {
		DeadLetter old = add(1L);
		DeadLetter kept = add(1L);
		assertThat(this.letters.remove(old)).isFalse();
		assertThat(this.letters.list()).containsExactly(kept);
		assertThat(this.letters.remove(kept)).isTrue();
		assertThat(this.letters.remove(kept)).isFalse();
		assertThat(this.letters.list()).isEmpty();
	}

	private void fill() {
		for (int key = 0; key < LIMIT; key++) {
			add(key);
		}
		assertThat(this.letters.list()).hasSize(LIMIT);
	}

	private DeadLetter letter(Object key) {
		return new DeadLetter(this.letters.nextId(), "items", key, "value", new IllegalStateException("refused"), 1,
				Instant.EPOCH, Instant.EPOCH);
	}

	@Test
	@DisplayName("F6: a dead letter that a handler took makes place, the oldest first")
	void oldestLetterThatWasTakenMakesPlace() {
		fill();
		this.letters.taken(this.letters.list().get(7));
		this.letters.taken(this.letters.list().get(3));
		add("first");
		assertThat(this.letters.list()).hasSize(LIMIT).extracting(DeadLetter::key).doesNotContain(3);
		add("second");
		assertThat(this.letters.list()).hasSize(LIMIT).extracting(DeadLetter::key).doesNotContain(7);
		assertThat(this.letters.isFull()).isFalse();
		assertThat(this.letters.add(letter("third"), 1)).isFalse();
	}

	@Test
	@DisplayName("F6: no dead letter that no handler took is dropped")
	void letterThatNobodyTookIsNotDropped() {
		fill();
		assertThat(this.letters.isFull()).as("nothing is in need of room").isFalse();
		assertThat(this.letters.add(letter("one too many"), 1)).isFalse();
		assertThat(this.letters.isFull()).isTrue();
		assertThat(this.letters.list()).hasSize(LIMIT).first().extracting(DeadLetter::key).isEqualTo(0);
		assertThat(this.letters.add(letter(5), 9)).as("takes the place of an older one").isTrue();
		assertThat(this.letters.add(letter("one too many"), 1)).isFalse();
		assertThat(this.log.list().stream().map(ILoggingEvent::getFormattedMessage))
			.filteredOn((message) -> message.contains("no WriteFailureHandler took"))
			.hasSize(1);
	}

	@Test
	@DisplayName("F6: flushes go on when there is room again")
	void roomIsTold() {
		fill();
		List<Runnable> ways = List.of(() -> this.letters.supersede(0, 2),
				() -> this.letters.remove(this.letters.list().get(0)),
				() -> this.letters.taken(this.letters.list().get(0)));
		for (int i = 0; i < ways.size(); i++) {
			assertThat(this.letters.add(letter("waits" + i), 1)).isFalse();
			assertThat(this.rooms).isEqualTo(i);
			ways.get(i).run();
			assertThat(this.letters.isFull()).isFalse();
			assertThat(this.rooms).isEqualTo(i + 1);
			assertThat(this.letters.add(letter("waits" + i), 1)).isTrue();
		}
	}

	private DeadLetter letter(Object key, Throwable reason) {
		return new DeadLetter(this.letters.nextId(), "items", key, "value", reason, 1, Instant.EPOCH, Instant.EPOCH);
	}

	@Test
	@DisplayName("G2: letters of the same failure share its first exception, those of others do not")
	void reasonsAreShared() {
		List<RuntimeException> alike = IntStream.range(0, 3)
			.mapToObj((row) -> (RuntimeException) new IllegalStateException("row " + row))
			.toList();
		IllegalStateException elsewhere = new IllegalStateException("row 4");
		alike.forEach((reason) -> assertThat(this.letters.add(letter(reason.getMessage(), reason), 1)).isTrue());
		assertThat(this.letters.add(letter("row 4", elsewhere), 1)).isTrue();
		assertThat(this.letters.list()).extracting(DeadLetter::reason)
			.usingElementComparator((first, second) -> (first == second) ? 0 : 1)
			.containsExactly(alike.get(0), alike.get(0), alike.get(0), elsewhere);
		assertThat(this.letters.list()).extracting(DeadLetter::key).containsExactly("row 0", "row 1", "row 2", "row 4");
	}

	@Test
	@DisplayName("G2: a reason goes with the last letter that shares it")
	void reasonsAreForgotten() {
		for (int round = 0; round < 3; round++) {
			RuntimeException first = reason();
			assertThat(this.letters.add(letter(1L, first), 1)).isTrue();
			assertThat(this.letters.add(letter(2L, reason()), 1)).isTrue();
			assertThat(this.letters.add(letter(1L, reason()), 1)).as("takes the place of the first").isTrue();
			assertThat(this.letters.list()).hasSize(2).allSatisfy((kept) -> assertThat(kept.reason()).isSameAs(first));
			this.letters.supersede(1L, 2);
			this.letters.remove(this.letters.list().get(0));
			assertThat(this.letters.list()).isEmpty();
		}
	}

	private static RuntimeException reason() {
		IllegalStateException reason = new IllegalStateException("refused");
		// As if all came from the same place
		reason.setStackTrace(new StackTraceElement[0]);
		return reason;
	}

	@Test
	void letterIsLoggedWithTheTypeOfItsReason() {
		DeadLetter letter = add(1L);
		assertThat(this.log.list()).singleElement().satisfies((event) -> {
			assertThat(event.getFormattedMessage()).contains("1 attempt", "'items'", "'1'");
			assertThat(event.getThrowableProxy().getMessage()).isEqualTo(letter.reason().getClass().getName());
		});
	}

}
