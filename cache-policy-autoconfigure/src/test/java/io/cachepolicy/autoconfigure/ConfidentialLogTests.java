package io.cachepolicy.autoconfigure;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.StoreUnavailable;
import io.cachepolicy.WriteDeadLettered;
import io.cachepolicy.WriteFailureHandler;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.cache.ConfigurablePolicyCacheManager;
import io.cachepolicy.testsupport.LogLevels;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.Cache;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests of what logs, events and messages tell of keys, and of what a database says of
 * rows.
 */
@ExtendWith({ LogLevels.class, OutputCaptureExtension.class })
class ConfidentialLogTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final String FORGING = "1\r\n2026-01-01 ERROR forged\u001b[2K\u2028\u202e";

	private static final String ESCAPED = "1\\r\\n2026-01-01 ERROR forged\\u001b[2K\\u2028\\u202e";

	private final RefusingStore store = new RefusingStore();

	private final List<Object> events = new CopyOnWriteArrayList<>();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CachePolicyAutoConfiguration.class))
		.withUserConfiguration(CachingConfiguration.class)
		.withBean("notes", RefusingStore.class, () -> this.store)
		.withInitializer((context) -> context.addApplicationListener(new Listener(this.events)))
		.withPropertyValues("cache-policy.caches.notes.policy=write-back",
				"cache-policy.caches.notes.write-back.flush-interval=1h",
				"cache-policy.caches.notes.write-back.retry.max-attempts=1");

	@Test
	@DisplayName("G3: a refused row is logged with its key, escaped, and without what the database says of it")
	void refusedRow(CapturedOutput output) {
		this.store.failure = ConfidentialLogTests::refused;
		this.runner.run((context) -> {
			PolicyCache notes = notes(context);
			notes.put(FORGING, "x@y");
			assertThat(notes.flush(TIMEOUT).failed()).isOne();
			await().until(() -> this.events.stream().anyMatch(WriteDeadLettered.class::isInstance));
			DeadLetter letter = notes.deadLetters().get(0);
			assertThat(List.of(letter.toString(), new WriteDeadLettered(letter).toString(), this.events.toString(),
					status(context)))
				.allSatisfy((text) -> assertThat(text).doesNotContain("x@y")
					.doesNotContain("\n")
					.contains("SQLSTATE 23505"));
			assertThat(letter.toString()).contains("key=" + ESCAPED);
			assertThat(letter.reason()).hasStackTraceContaining("x@y");
		});
		assertThat(output).contains("key '" + ESCAPED + "'")
			.contains("SQLSTATE 23505")
			.contains("at " + getClass().getName())
			.doesNotContain("x@y")
			.doesNotContain("\n2026-01-01 ERROR forged")
			.doesNotContain("\u001b[2K");
	}

	@Test
	@DisplayName("G3: so is an outage, a handler that fails, and a shutdown that does not store all")
	void outageAndHandlerAndShutdown(CapturedOutput output) {
		this.store.failure = () -> new DataAccessResourceFailureException("Row (x@y)",
				new SQLException("Row (x@y)", "53100"));
		this.runner.withPropertyValues("cache-policy.shutdown-timeout=50ms")
			.withBean(WriteFailureHandler.class, () -> (letter) -> {
				throw refused();
			})
			.run((context) -> {
				notes(context).put(FORGING, "x@y");
				notes(context).put("2", "x@y");
				notes(context).flush(Duration.ofMillis(500));
				await().until(() -> this.events.stream().anyMatch(StoreUnavailable.class::isInstance));
				assertThat(this.events.toString()).contains("SQLSTATE 53100").doesNotContain("x@y");
			});
		assertThat(output).contains("is away")
			.contains("SQLSTATE 53100")
			.contains("failed to handle a write that failed: cache 'notes', key '" + ESCAPED + "'")
			.contains("that are not in the store, of keys [")
			.containsPattern("of keys \\[.*" + Pattern.quote(ESCAPED) + ".*]")
			.doesNotContain("x@y")
			.doesNotContain("\n2026-01-01 ERROR forged");
	}

	@Test
	@DisplayName("G3: the level trace shows the messages")
	void messagesAreShownAtTrace(CapturedOutput output) {
		LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
		logging.setLogLevel("io.cachepolicy", LogLevel.TRACE);
		try {
			this.store.failure = ConfidentialLogTests::refused;
			this.runner.run((context) -> {
				notes(context).put(1L, "x@y");
				notes(context).flush(TIMEOUT);
			});
			assertThat(output).contains("Key (email)=(x@y) already exists");
		}
		finally {
			logging.setLogLevel("io.cachepolicy", null);
		}
	}

	@Test
	@DisplayName("G3: messages name no more keys than a reader wants")
	void messageOfManyKeysIsShort() {
		this.runner.withPropertyValues("cache-policy.caches.notes.write-back.overflow-timeout=50ms").run((context) -> {
			PolicyCache notes = notes(context);
			this.store.blocked = true;
			try {
				notes.put(0L, "in flight");
				notes.put(FORGING, "in flight");
				Thread flush = new Thread(() -> notes.flush(TIMEOUT));
				flush.start();
				await().until(() -> this.store.isBlocking);
				Map<Object, Object> many = LongStream.rangeClosed(0, 20_000)
					.boxed()
					.collect(Collectors.toMap((key) -> key, (key) -> "new"));
				many.put(FORGING, "new");
				assertThatExceptionOfType(RuntimeException.class)
					.isThrownBy(() -> notes.withPolicy(WritePolicy.WRITE_THROUGH).putAll(many))
					.satisfies((ex) -> assertThat(ex.getMessage()).hasSizeLessThan(1500)
						.contains(" others]")
						.doesNotContain("\n"));
			}
			finally {
				this.store.release();
			}
		});
	}

	@Test
	@DisplayName("G3: the message of a failed load has the key as everywhere")
	void failedLoadDescribesTheKey() {
		this.runner.run((context) -> assertThatExceptionOfType(Cache.ValueRetrievalException.class)
			.isThrownBy(() -> notes(context).get(FORGING, () -> {
				throw new IllegalStateException();
			}))
			.satisfies((ex) -> assertThat(ex.getKey()).isEqualTo(FORGING))
			.satisfies((ex) -> assertThat(ex.getMessage()).contains(ESCAPED).doesNotContain("\n")));
	}

	private static DataIntegrityViolationException refused() {
		return new DataIntegrityViolationException("could not execute [Key (email)=(x@y) already exists]",
				new SQLException("ERROR: duplicate key\n  Detail: Key (email)=(x@y) already exists", "23505"));
	}

	private static String status(BeanFactory context) {
		return Objects
			.requireNonNull(
					Objects.requireNonNull(context.getBean(ConfigurablePolicyCacheManager.class).getCache("notes"))
						.findPendingWrites())
			.status()
			.toString();
	}

	private static PolicyCache notes(BeanFactory context) {
		return Objects.requireNonNull(context.getBean(PolicyCacheManager.class).getCache("notes"));
	}

	/**
	 * A store that fails or blocks.
	 */
	private static final class RefusingStore extends MapCacheStore {

		private volatile @Nullable Supplier<RuntimeException> failure;

		private volatile boolean blocked;

		private volatile boolean isBlocking;

		@Override
		public Map<Object, Object> saveAll(Map<Object, Object> entries) {
			if (this.blocked) {
				this.isBlocking = true;
				await().until(() -> !this.blocked);
			}
			Supplier<RuntimeException> failure = this.failure;
			if (failure != null) {
				throw failure.get();
			}
			return super.saveAll(entries);
		}

		void release() {
			this.blocked = false;
		}

	}

	/**
	 * Collects events.
	 */
	private record Listener(List<Object> events) implements ApplicationListener<PayloadApplicationEvent<?>> {

		@Override
		public void onApplicationEvent(PayloadApplicationEvent<?> event) {
			this.events.add(event.getPayload());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class CachingConfiguration {

	}

}
