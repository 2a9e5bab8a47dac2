package io.cachepolicy.autoconfigure;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.LongStream;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.DrainTimeoutException;
import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.WriteDeadLettered;
import io.cachepolicy.WriteFailureHandler;
import io.micrometer.context.ContextRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskDecorator;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what write-back does with beans of the application.
 */
class WriteBackBeansTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final ThreadLocal<@Nullable String> user = new ThreadLocal<>();

	private final RecordingStore store = new RecordingStore();

	private final List<DeadLetter> handled = new CopyOnWriteArrayList<>();

	private final List<DeadLetter> published = new CopyOnWriteArrayList<>();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CachePolicyAutoConfiguration.class))
		.withUserConfiguration(CachingConfiguration.class)
		.withBean("notes", RecordingStore.class, () -> this.store)
		.withBean("handler", WriteFailureHandler.class, () -> this.handled::add)
		.withInitializer((context) -> context.addApplicationListener(new DeadLetterListener(this.published)))
		.withPropertyValues("cache-policy.caches.notes.policy=write-back",
				"cache-policy.caches.notes.write-back.flush-interval=1h",
				"cache-policy.caches.notes.write-back.retry.max-attempts=1");

	@AfterEach
	void clear() {
		user.remove();
		ContextRegistry.getInstance().removeThreadLocalAccessor("test.user");
	}

	@Test
	@DisplayName("F2: handlers and listeners are told of dead letters")
	void handlersAndListenersAreToldOfDeadLetters() {
		this.runner.run((context) -> {
			PolicyCache notes = notes(context);
			this.store.failure = () -> new DataIntegrityViolationException("refused");
			notes.put(1L, "bad");
			assertThat(notes.flush(TIMEOUT)).isEqualTo(new FlushReport(0, 1, 0));
			assertThat(notes.deadLetters()).extracting(DeadLetter::key).containsExactly(1L);
			await().untilAsserted(() -> assertThat(this.published).isEqualTo(notes.deadLetters()));
			assertThat(this.handled).isEqualTo(notes.deadLetters());
		});
	}

	@Test
	@DisplayName("W2: handlers are told of what the shutdown could not store")
	void handlersAreToldOfWhatTheShutdownCouldNotStore() {
		this.runner.withPropertyValues("cache-policy.shutdown-timeout=50ms").run((context) -> {
			this.store.failure = () -> new DataAccessResourceFailureException("away");
			notes(context).put(1L, "late");
			notes(context).remove(2L);
			assertThat(this.handled).isEmpty();
		});
		assertThat(this.handled).hasSize(2)
			.allSatisfy((letter) -> assertThat(letter.reason()).isInstanceOf(DrainTimeoutException.class));
		assertThat(this.handled).extracting(DeadLetter::key).containsExactlyInAnyOrder(1L, 2L);
		assertThat(this.handled).extracting(DeadLetter::value).containsExactlyInAnyOrder("late", null);
		assertThat(this.published).isEmpty();
	}

	@Test
	@DisplayName("W2: the timeout of a shutdown phase does not end the drain")
	void timeoutOfShutdownPhaseDoesNotEndTheDrain() {
		this.runner.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class))
			.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=1ms",
					"cache-policy.caches.notes.write-back.batch-size=1")
			.run((context) -> {
				this.store.slow = true;
				LongStream.range(0, 5).forEach((id) -> notes(context).put(id, "text"));
			});
		assertThat(this.store.rows()).hasSize(5);
		assertThat(this.store.closedAt).isEqualTo(5);
		assertThat(this.handled).isEmpty();
	}

	@Test
	void storeCallsSeeWhatIsRegistered() {
		ContextRegistry.getInstance().registerThreadLocalAccessor("test.user", user);
		this.runner.run((context) -> {
			writeAndRemoveAs("ada", context);
			assertThat(this.store.users).containsExactly("ada", "ada");
			assertThat(this.store.threads).doesNotContain(Thread.currentThread());
		});
	}

	@Test
	void storeCallsSeeWhatDecoratorsCarry() {
		this.runner.withBean(TaskDecorator.class, () -> WriteBackBeansTests::decorate).run((context) -> {
			writeAndRemoveAs("ada", context);
			assertThat(this.store.users).containsExactly("ada", "ada");
		});
	}

	@Test
	void storeCallsOfNextWriterDoNotSeePreviousOne() {
		ContextRegistry.getInstance().registerThreadLocalAccessor("test.user", user);
		this.runner.run((context) -> {
			writeAndRemoveAs("ada", context);
			writeAndRemoveAs(null, context);
			assertThat(this.store.users).containsExactly("ada", "ada", null, null);
		});
	}

	@Test
	void storeCallsAreSharedByWritesOfOneUserOnly() {
		ContextRegistry.getInstance().registerThreadLocalAccessor("test.user", user);
		this.runner.run((context) -> {
			writeAs("ada", 1L, context);
			writeAs("bob", 2L, context);
			writeAs("ada", 3L, context);
			assertThat(notes(context).flush(TIMEOUT)).isEqualTo(new FlushReport(3, 0, 0));
			assertThat(this.store.users).containsExactlyInAnyOrder("ada", "bob");
		});
	}

	@Test
	void storeCallsWithoutContextPropagationSeeNothing() {
		ContextRegistry.getInstance().registerThreadLocalAccessor("test.user", user);
		this.runner.withClassLoader(new FilteredClassLoader("io.micrometer")).run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean("snapshotContextCapture");
			writeAndRemoveAs("ada", context);
			assertThat(this.store.users).containsExactly(null, null);
		});
	}

	private static void writeAs(@Nullable String name, long id, BeanFactory beans) {
		user.set(name);
		notes(beans).put(id, "text");
		user.remove();
	}

	private static void writeAndRemoveAs(@Nullable String name, BeanFactory beans) {
		writeAs(name, 1L, beans);
		user.set(name);
		notes(beans).remove(2L);
		user.remove();
		assertThat(notes(beans).flush(TIMEOUT)).isEqualTo(new FlushReport(2, 0, 0));
	}

	private static Runnable decorate(Runnable task) {
		String captured = user.get();
		return () -> {
			user.set(captured);
			task.run();
			user.remove();
		};
	}

	private static PolicyCache notes(BeanFactory beans) {
		PolicyCache notes = beans.getBean(PolicyCacheManager.class).getCache("notes");
		assertThat(notes).isNotNull();
		return notes;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class CachingConfiguration {

	}

	/**
	 * Keeps what is published.
	 *
	 * @param published the dead letters
	 */
	private record DeadLetterListener(
			List<DeadLetter> published) implements ApplicationListener<PayloadApplicationEvent<WriteDeadLettered>> {

		@Override
		public void onApplicationEvent(PayloadApplicationEvent<WriteDeadLettered> event) {
			this.published.add(event.getPayload().deadLetter());
		}

	}

	/**
	 * A store that fails on demand, and notes who calls it.
	 */
	private static final class RecordingStore extends MapCacheStore implements AutoCloseable {

		private final List<@Nullable String> users = new CopyOnWriteArrayList<>();

		private final List<Thread> threads = new CopyOnWriteArrayList<>();

		private volatile @Nullable Supplier<RuntimeException> failure;

		private volatile boolean slow;

		private volatile int closedAt;

		@Override
		public Map<Object, Object> saveAll(Map<Object, Object> entries) {
			called();
			return super.saveAll(entries);
		}

		@Override
		public void deleteAll(Collection<?> keys) {
			called();
			super.deleteAll(keys);
		}

		private void called() {
			Supplier<RuntimeException> failure = this.failure;
			if (failure != null) {
				throw failure.get();
			}
			if (this.slow) {
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
			}
			this.users.add(user.get());
			this.threads.add(Thread.currentThread());
		}

		@Override
		public void close() {
			this.closedAt = this.users.size();
		}

	}

}
