package io.cachepolicy.writeback;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.cachepolicy.DeadLetter;
import io.cachepolicy.testsupport.LogLines;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DeadLetterLog}.
 */
class DeadLetterLogTests {

	@RegisterExtension
	private final LogLines lines = new LogLines(DeadLetterLogTests.class);

	private final DeadLetterLog log = new DeadLetterLog(LogFactory.getLog(DeadLetterLogTests.class), () -> this.now);

	private long now = Long.MAX_VALUE - 1000;

	@Test
	@DisplayName("F2, G2: one failure is told in full, each key once")
	void firstIsToldInFullAndTheOthersShareLines() {
		LongStream.range(0, 1000).forEach((key) -> this.log.added(letter(key)));
		this.log.tell(true);
		assertThat(this.lines.list()).hasSizeBetween(10, 15)
			.allSatisfy((line) -> assertThat(line.getLevel()).isEqualTo(Level.ERROR));
		assertThat(this.lines.list().get(0).getThrowableProxy()).isNotNull();
		assertThat(this.lines.list().subList(1, this.lines.list().size()))
			.allSatisfy((line) -> assertThat(line.getThrowableProxy()).isNull());
		LongStream.range(0, 1000)
			.forEach((key) -> assertThat(messages())
				.filteredOn((message) -> message.matches(".*(['\\[ ])" + key + "([',\\]]).*"))
				.as("key %d", key)
				.hasSize(1));
	}

	@Test
	@DisplayName("G2: no long key is left out of a line")
	void longKeysHaveMoreLines() {
		LongStream.range(0, 100).forEach((key) -> this.log.added(letter("x".repeat(80) + key)));
		this.log.tell(true);
		assertThat(messages()).allSatisfy((message) -> assertThat(message).doesNotContain("others"))
			.hasSizeBetween(9, 15);
	}

	@Test
	@DisplayName("G2: a line is told as soon as it is full, and not before")
	void lineIsToldWhenItIsFull() {
		this.log.added(letter("first"));
		LongStream.range(10, 19).forEach((key) -> this.log.added(letter("x".repeat(76) + key)));
		assertThat(this.lines.list()).hasSize(1);
		this.log.added(letter("x".repeat(78)));
		assertThat(messages()).hasSize(2).last().asString().startsWith("10 more");
		LongStream.range(100, 199).forEach((key) -> this.log.added(letter(key)));
		assertThat(this.lines.list()).hasSize(2);
		this.log.added(letter(199));
		assertThat(messages()).hasSize(3).last().asString().startsWith("100 more");
	}

	@Test
	void otherFailureIsToldInFull() {
		this.log.added(letter(1));
		this.log.added(new DeadLetter(1, "items", 2L, "value", new IllegalArgumentException(), 1, Instant.EPOCH,
				Instant.EPOCH));
		assertThat(this.lines.list()).hasSize(2).allSatisfy((line) -> assertThat(line.getThrowableProxy()).isNotNull());
	}

	@Test
	void failureIsToldInFullOnceAMinute() {
		for (int minute = 0; minute < 3; minute++) {
			this.log.added(letter(minute));
			this.now += Duration.ofSeconds(59).toNanos();
			this.log.added(letter(100 + minute));
			this.now += Duration.ofSeconds(1).toNanos();
		}
		this.log.tell(false);
		assertThat(this.lines.list()).filteredOn((line) -> line.getThrowableProxy() != null).hasSize(3);
	}

	@Test
	void lineWaitsForMoreForASecond() {
		this.log.added(letter(1));
		this.log.added(letter(2));
		this.now += Duration.ofMillis(999).toNanos();
		this.log.tell(false);
		assertThat(this.lines.list()).hasSize(1);
		this.now += Duration.ofMillis(1).toNanos();
		this.log.tell(false);
		assertThat(messages()).hasSize(2).last().asString().startsWith("1 more").contains("keys [2]");
		this.log.tell(true);
		assertThat(this.lines.list()).hasSize(2);
	}

	@Test
	void lettersThatHandlersTookShareLines() {
		LongStream.range(0, 150).forEach((key) -> this.log.dropped(letter(key)));
		this.log.tell(true);
		assertThat(messages()).hasSize(2).first().asString().startsWith("100 no longer kept").contains(" 42,");
		assertThat(this.lines.list()).allSatisfy((line) -> assertThat(line.getLevel()).isEqualTo(Level.INFO));
	}

	private List<String> messages() {
		return this.lines.list().stream().map(ILoggingEvent::getFormattedMessage).toList();
	}

	private static DeadLetter letter(Object key) {
		IllegalStateException reason = new IllegalStateException("row " + key);
		// As if all came from the same place
		reason.setStackTrace(new StackTraceElement[0]);
		return new DeadLetter(1, "items", key, "value", reason, 1, Instant.EPOCH, Instant.EPOCH);
	}

}
