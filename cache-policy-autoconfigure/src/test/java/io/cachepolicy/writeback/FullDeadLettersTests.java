package io.cachepolicy.writeback;

import java.time.Clock;
import java.time.Duration;
import java.util.List;

import io.cachepolicy.FlushReport;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.settings.Overflow;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.WriteContextCapture;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataIntegrityViolationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests of a cache that has as many {@link DeadLetters} as it may, which no handler took.
 */
class FullDeadLettersTests {

	private static final Duration TIMEOUT = AbstractWriteBackTests.TIMEOUT;

	private final FakeStore store = new FakeStore();

	private final WriteBack writes = (WriteBack) new WriteBackFactory(Clock.systemUTC(), (letter) -> false,
			WriteContextCapture.NONE, FlushListener.NONE)
		.create("items",
				Specs.of("items")
					.maxAttempts(1)
					.maxDeadLetters(2)
					.maxPending(2)
					.overflow(Overflow.REJECT, TIMEOUT)
					.writeBack(),
				this.store, new IgnoringListener());

	private volatile boolean refusing = true;

	@AfterEach
	void close() {
		this.refusing = false;
		this.writes.close();
		assertThat(this.writes.awaitDrained(TIMEOUT).remaining()).isZero();
	}

	@Test
	@DisplayName("F6, W3: a refused write stays pending and takes room, until there is room for its letter")
	void refusedWriteStaysPending() {
		this.store.beforeWrite((keys) -> {
			if (this.refusing) {
				throw new DataIntegrityViolationException("refused");
			}
		});
		for (String key : List.of("a", "b")) {
			this.writes.offer(key, "value");
		}
		// A full buffer starts a flush by itself
		assertThat(this.writes.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.writes.deadLetters()).hasSize(2);
		this.writes.offer("c", "value");
		assertThat(this.writes.flush(Duration.ofMillis(200))).isEqualTo(new FlushReport(0, 0, 1));
		assertThat(this.writes.status().deadLettersFull()).isTrue();
		assertThat(this.writes.status().deadLetters()).isEqualTo(2);
		assertThat(this.writes.find("c")).isEqualTo("value");
		this.writes.offer("d", "value");
		assertThatExceptionOfType(WriteRefusedException.class).isThrownBy(() -> this.writes.offer("e", "value"));
		assertThat(this.writes.discard(this.writes.deadLetters().get(0))).isTrue();
		await().until(() -> this.writes.deadLetters().size() == 2);
		assertThat(this.writes.size()).isOne();
		this.refusing = false;
		assertThat(this.writes.discard(this.writes.deadLetters().get(0))).isTrue();
		assertThat(this.writes.flush(TIMEOUT).remaining()).isZero();
		assertThat(this.store.rows().size() + this.writes.deadLetters().size()).isEqualTo(2);
	}

}
