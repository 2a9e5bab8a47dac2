package io.cachepolicy.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.StoreAvailable;
import io.cachepolicy.StoreUnavailable;
import io.cachepolicy.WritesFlushed;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.WriteContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FlushEvents}, {@link FlushListeners} and what is logged at shutdown.
 */
@ExtendWith(OutputCaptureExtension.class)
class FlushEventsTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CachePolicyAutoConfiguration.class))
		.withUserConfiguration(EventsConfiguration.class)
		.withBean("notes", AwayStore.class)
		.withPropertyValues("cache-policy.caches.notes.policy=write-back",
				"cache-policy.caches.notes.write-back.flush-interval=1h",
				"cache-policy.caches.notes.write-back.retry.initial-interval=5ms");

	@Test
	void flushIsPublished() {
		this.runner.run((context) -> {
			notes(context).put(1L, "one");
			notes(context).put(2L, "two");
			notes(context).flush(TIMEOUT);
			Object event = awaitEvents(context, 1).get(0);
			assertThat(event).isInstanceOfSatisfying(WritesFlushed.class, (flushed) -> {
				assertThat(flushed.cache()).isEqualTo("notes");
				assertThat(flushed.written()).isEqualTo(2);
				assertThat(flushed.deadLettered()).isZero();
				assertThat(flushed.duration()).isPositive();
			});
		});
	}

	@Test
	void outageIsPublishedOnceEachWay() {
		this.runner.run((context) -> {
			AwayStore store = context.getBean(AwayStore.class);
			store.failures = 3;
			notes(context).put(1L, "one");
			notes(context).flush(TIMEOUT);
			List<Object> events = awaitEvents(context, 3);
			assertThat(events.get(0)).isEqualTo(new StoreUnavailable(Set.of("notes"), 1, AwayStore.FAILURE));
			assertThat(events.get(1)).isInstanceOfSatisfying(StoreAvailable.class, (available) -> {
				assertThat(available.caches()).containsExactly("notes");
				assertThat(available.pendingWrites()).isZero();
				assertThat(available.awayFor()).isPositive();
			});
			assertThat(events.get(2)).isInstanceOf(WritesFlushed.class);
			assertThat(events).hasSize(3);
		});
	}

	@Test
	void listenerThatBlocksHoldsUpNoFlush() {
		this.runner.run((context) -> {
			EventsConfiguration events = context.getBean(EventsConfiguration.class);
			events.gate = new CountDownLatch(1);
			for (long id = 0; id < 20; id++) {
				notes(context).put(id, "note");
				assertThat(notes(context).flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
			}
			assertThat(events.events).isEmpty();
			events.gate.countDown();
			awaitEvents(context, 20);
		});
	}

	@Test
	void listenerMayFlush() {
		this.runner.run((context) -> {
			EventsConfiguration events = context.getBean(EventsConfiguration.class);
			events.onEvent = () -> {
				events.onEvent = () -> {
				};
				notes(context).put(2L, "two");
				notes(context).flush(TIMEOUT);
			};
			notes(context).put(1L, "one");
			notes(context).flush(TIMEOUT);
			awaitEvents(context, 2);
			assertThat(context.getBean(AwayStore.class).rows()).containsOnlyKeys(1L, 2L);
		});
	}

	@Test
	void listenerThatFailsIsLoggedAndOthersGoOn(CapturedOutput output) {
		this.runner.run((context) -> {
			EventsConfiguration events = context.getBean(EventsConfiguration.class);
			events.onEvent = () -> {
				throw new IllegalStateException("listener failed");
			};
			notes(context).put(1L, "one");
			notes(context).flush(TIMEOUT);
			Awaitility.await().until(() -> output.toString().contains("A listener failed to handle a WritesFlushed"));
			events.onEvent = () -> {
			};
			notes(context).put(2L, "two");
			notes(context).flush(TIMEOUT);
			awaitEvents(context, 1);
		});
	}

	@Test
	void eventsThatAreTooManyAreLostWithOneLine(CapturedOutput output) {
		CountDownLatch gate = new CountDownLatch(1);
		FlushEvents events = new FlushEvents((event) -> awaitLatch(gate));
		for (int i = 0; i < FlushEvents.CAPACITY + 20; i++) {
			events.storeBack(Set.of("notes"), 0, Duration.ZERO);
		}
		gate.countDown();
		events.destroy();
		assertThat(StringUtils.countOccurrencesOf(output.toString(), "others are lost")).isOne();
	}

	@Test
	void drainIsPublishedAndSummarizedAtShutdown(CapturedOutput output) {
		List<EventsConfiguration> configuration = new ArrayList<>();
		this.runner.run((context) -> {
			notes(context).put(1L, "one");
			notes(context).put(2L, "two");
			configuration.add(context.getBean(EventsConfiguration.class));
		});
		assertThat(configuration.get(0).events).singleElement()
			.isInstanceOfSatisfying(WritesFlushed.class, (flushed) -> assertThat(flushed.written()).isEqualTo(2));
		assertThat(output)
			.containsPattern("INFO.*Stored 2 pending writes at shutdown in \\d+ ms, 0 became dead letters, "
					+ "0 are not in the store");
	}

	@Test
	void drainThatFailsIsSummarizedAtShutdown(CapturedOutput output) {
		this.runner.withPropertyValues("cache-policy.shutdown-timeout=100ms").run((context) -> {
			context.getBean(AwayStore.class).failures = Integer.MAX_VALUE;
			notes(context).put(1L, "one");
		});
		assertThat(output).containsPattern(
				"Stored 0 pending writes at shutdown in \\d+ ms, 0 became dead letters, " + "1 are not in the store");
	}

	@Test
	void flushListenerThatFailsDoesNotKeepOthersFromFlushing(CapturedOutput output) {
		this.runner.withBean(FailingFlushListener.class).run((context) -> {
			for (long id = 0; id < 3; id++) {
				notes(context).put(id, "note");
				assertThat(notes(context).flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
			}
			awaitEvents(context, 3);
			assertThat(StringUtils.countOccurrencesOf(output.toString(), "A listener of flushes failed; further"))
				.isOne();
		});
	}

	private static List<Object> awaitEvents(ApplicationContext context, int count) {
		List<Object> events = context.getBean(EventsConfiguration.class).events;
		Awaitility.await().until(() -> events.size() >= count);
		return events;
	}

	private static PolicyCache notes(ApplicationContext context) {
		PolicyCache cache = context.getBean(PolicyCacheManager.class).getCache("notes");
		assertThat(cache).isNotNull();
		return cache;
	}

	private static void awaitLatch(CountDownLatch latch) {
		try {
			latch.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class EventsConfiguration {

		private final List<Object> events = new CopyOnWriteArrayList<>();

		private volatile CountDownLatch gate = new CountDownLatch(0);

		private volatile Runnable onEvent = () -> {
		};

		@EventListener({ WritesFlushed.class, StoreUnavailable.class, StoreAvailable.class })
		void onEvent(Object event) {
			awaitLatch(this.gate);
			this.onEvent.run();
			this.events.add(event);
		}

	}

	/**
	 * A store that is away for some calls.
	 */
	static class AwayStore extends MapCacheStore {

		private static final DataAccessResourceFailureException FAILURE = new DataAccessResourceFailureException(
				"no connection");

		private volatile int failures;

		@Override
		public Map<Object, Object> saveAll(Map<Object, Object> entries) {
			if (this.failures > 0) {
				this.failures--;
				throw FAILURE;
			}
			return super.saveAll(entries);
		}

	}

	static class FailingFlushListener implements FlushListener {

		@Override
		public Flush begin(String cacheName, List<WriteContext> contexts) {
			throw new IllegalStateException("listener failed");
		}

	}

}
