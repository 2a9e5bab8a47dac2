package io.cachepolicy.autoconfigure;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.DrainTimeoutException;
import io.cachepolicy.WriteDeadLettered;
import io.cachepolicy.WriteFailureHandler;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WriteFailures}.
 */
@ExtendWith(OutputCaptureExtension.class)
class WriteFailuresTests {

	private boolean taken;

	@Test
	void handleCallsHandlersInOrderThenListeners() {
		assertThat(handle(HandlersConfiguration.class, letter(new IllegalStateException("refused"))))
			.containsExactly("first 5", "second 5", "event 5");
	}

	@Test
	void handleWhenHandlerFailsCallsOthersAndLogs(CapturedOutput output) {
		assertThat(handle(FailingConfiguration.class, letter(new IllegalStateException("refused"))))
			.containsExactly("second 5", "event 5");
		assertThat(output).contains("cache 'notes', key '5'")
			.contains(IllegalStateException.class.getName())
			.contains("at " + getClass().getName())
			.doesNotContain("first failed")
			.doesNotContain("secret");
	}

	@Test
	void handleWhenListenerFailsReturnsAndLogs(CapturedOutput output) {
		assertThat(handle(FailingListenerConfiguration.class, letter(new IllegalStateException("refused")))).isEmpty();
		assertThat(output).contains("A listener failed to handle a write that failed: cache 'notes', key '5'");
	}

	@Test
	void handleWhenHandlerCannotBeCreatedPublishesAndLogs(CapturedOutput output) {
		assertThat(handle(BrokenConfiguration.class, letter(new IllegalStateException("refused"))))
			.containsExactly("event 5");
		assertThat(output).contains("The handlers failed to handle a write that failed: cache 'notes', key '5'");
	}

	@Test
	void handleWhenDrainTimedOutCallsHandlersOnly() {
		assertThat(handle(HandlersConfiguration.class, letter(new DrainTimeoutException("too late", null))))
			.containsExactly("first 5", "second 5");
	}

	@Test
	@DisplayName("F6: a write is taken by a handler that does not fail, not by a listener")
	void writeIsTakenByAHandlerThatDoesNotFail() {
		DeadLetter letter = letter(new IllegalStateException("refused"));
		handle(HandlersConfiguration.class, letter);
		assertThat(this.taken).isTrue();
		handle(FailingListenerConfiguration.class, letter);
		assertThat(this.taken).isFalse();
		handle(BrokenConfiguration.class, letter);
		assertThat(this.taken).isFalse();
	}

	private List<String> handle(Class<?> configuration, DeadLetter letter) {
		try (var context = new AnnotationConfigApplicationContext(Calls.class, configuration)) {
			this.taken = new WriteFailures(context.getBeanProvider(WriteFailureHandler.class), context).test(letter);
			return context.getBean(Calls.class).calls;
		}
	}

	private static DeadLetter letter(Throwable reason) {
		return new DeadLetter(1, "notes", 5L, "secret", reason, 3, Instant.EPOCH, Instant.EPOCH);
	}

	static class Calls {

		private final List<String> calls = new ArrayList<>();

		void add(String who, DeadLetter letter) {
			this.calls.add(who + " " + letter.key());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class HandlersConfiguration {

		private final Calls calls;

		HandlersConfiguration(Calls calls) {
			this.calls = calls;
		}

		@Bean
		@Order(2)
		WriteFailureHandler second() {
			return (letter) -> this.calls.add("second", letter);
		}

		@Bean
		@Order(1)
		WriteFailureHandler first() {
			return (letter) -> this.calls.add("first", letter);
		}

		@EventListener
		void onEvent(WriteDeadLettered event) {
			this.calls.add("event", event.deadLetter());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FailingConfiguration extends HandlersConfiguration {

		FailingConfiguration(Calls calls) {
			super(calls);
		}

		@Bean
		@Order(1)
		@Override
		WriteFailureHandler first() {
			return (letter) -> {
				throw new IllegalStateException("first failed");
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FailingListenerConfiguration {

		@EventListener
		void onEvent(WriteDeadLettered event) {
			throw new IllegalStateException("listener failed");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BrokenConfiguration {

		private final Calls calls;

		BrokenConfiguration(Calls calls) {
			this.calls = calls;
		}

		@Bean
		@Lazy
		WriteFailureHandler broken() {
			throw new IllegalStateException("broken");
		}

		@EventListener
		void onEvent(WriteDeadLettered event) {
			this.calls.add("event", event.deadLetter());
		}

	}

}
