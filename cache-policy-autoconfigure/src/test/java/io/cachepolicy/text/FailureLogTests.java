package io.cachepolicy.text;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.cachepolicy.testsupport.LogLines;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FailureLog} and {@link FailureShape}.
 */
class FailureLogTests {

	@RegisterExtension
	private final LogLines lines = new LogLines(FailureLogTests.class);

	private final FailureLog log = new FailureLog(LogFactory.getLog(FailureLogTests.class), false, () -> this.now);

	private long now = Long.MAX_VALUE - 1000;

	@Test
	@DisplayName("G2: what fails ten thousand times has one stack trace and a few lines")
	void failuresAreCounted() {
		IntStream.range(0, 10_000).forEach((i) -> this.log.error("failed", failure(i)));
		assertThat(this.lines.list()).hasSize(13)
			.allSatisfy((line) -> assertThat(line.getLevel()).isEqualTo(Level.ERROR));
		assertThat(this.lines.list()).filteredOn((line) -> line.getThrowableProxy() != null)
			.singleElement()
			.isSameAs(this.lines.list().get(0));
		assertThat(this.lines.list()).extracting(ILoggingEvent::getFormattedMessage)
			.last()
			.asString()
			.isEqualTo("failed: java.lang.IllegalStateException (10000 alike by now)");
	}

	@Test
	void failureIsToldInFullAgainAfterAMinute() {
		for (int i = 0; i < 6; i++) {
			if (i == 5) {
				this.now += Duration.ofMinutes(1).toNanos();
			}
			this.log.warn("failed", failure(i));
		}
		assertThat(this.lines.list()).filteredOn((line) -> line.getThrowableProxy() != null)
			.extracting(ILoggingEvent::getFormattedMessage)
			.containsExactly("failed", "failed (5 alike since that was told before)");
	}

	@Test
	void shapesAreForgottenWhenThereAreTooMany() {
		IntStream.range(0, 1000)
			.forEach((i) -> this.log.warn("failed", new RuntimeException(new SQLException("", "X" + i))));
		assertThat(this.lines.list()).hasSize(1000);
		this.log.warn("failed", new RuntimeException(new SQLException("", "X0")));
		assertThat(this.lines.list()).hasSize(1001);
	}

	@Test
	void shapeTellsWhatFailedButNotForWhichRow() {
		List<FailureShape> alike = IntStream.range(0, 2).mapToObj((i) -> FailureShape.of(failure(i))).toList();
		assertThat(alike.get(0)).isEqualTo(alike.get(1)).hasSameHashCodeAs(alike.get(1));
		assertThat(alike.get(0)).isNotEqualTo(FailureShape.of(new IllegalStateException("elsewhere")));
		assertThat(sql("23505", 0)).isEqualTo(sql("23505", 0))
			.isNotEqualTo(sql("23503", 0))
			.isNotEqualTo(sql("23505", 1));
	}

	private static FailureShape sql(String state, int code) {
		return FailureShape.of(new RuntimeException(new SQLException("", state, code)));
	}

	private static RuntimeException failure(int row) {
		return new IllegalStateException("row " + row);
	}

}
