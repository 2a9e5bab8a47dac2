package io.cachepolicy.writeback;

import java.time.Instant;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.cachepolicy.DeadLetter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class DeadLettersTests {

	private final DeadLetters letters = new DeadLetters();

	private final Logger logger = (Logger) LoggerFactory.getLogger(DeadLetters.class);

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	@BeforeEach
	void collectLog() {
		this.log.start();
		this.logger.addAppender(this.log);
		this.logger.setAdditive(false);
	}

	@AfterEach
	void releaseLog() {
		this.logger.setAdditive(true);
		this.logger.detachAppender(this.log);
	}

	private DeadLetter add(Object key) {
		return add(key, 1);
	}

	private DeadLetter add(Object key, long sequence) {
		DeadLetter letter = new DeadLetter(this.letters.nextId(), "items", key, "value",
				new IllegalStateException("refused"), 1, Instant.EPOCH, Instant.EPOCH);
		this.letters.add(letter, sequence);
		return letter;
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

	@Test
	void oldestLetterMakesPlace() {
		for (int key = 0; key < DeadLetters.LIMIT; key++) {
			add(key);
		}
		assertThat(this.letters.list()).hasSize(DeadLetters.LIMIT);
		assertThat(this.log.list).hasSize(DeadLetters.LIMIT);
		add("last");
		assertThat(this.letters.list()).hasSize(DeadLetters.LIMIT).first().extracting(DeadLetter::key).isEqualTo(1);
		assertThat(this.log.list).last()
			.extracting(ILoggingEvent::getFormattedMessage)
			.asString()
			.contains("Dropped the oldest", "'items'", "'0'");
	}

	@Test
	void letterIsLoggedWithItsReason() {
		DeadLetter letter = add(1L);
		assertThat(this.log.list).singleElement().satisfies((event) -> {
			assertThat(event.getFormattedMessage()).contains("1 attempt", "'items'", "'1'");
			assertThat(event.getThrowableProxy().getMessage()).isEqualTo(letter.reason().getMessage());
		});
	}

}
