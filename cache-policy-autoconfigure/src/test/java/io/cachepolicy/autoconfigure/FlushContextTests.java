package io.cachepolicy.autoconfigure;

import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.WritesFlushed;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.PendingLog.Revision;
import io.cachepolicy.testsupport.MemoryLog;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.context.i18n.LocaleContextThreadLocalAccessor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of what the store calls of flushes, and other threads of the library, have of the
 * threads that write and read: what these had when they wrote, and nothing else.
 */
class FlushContextTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final ThreadLocal<@Nullable String> TENANT = new InheritableThreadLocal<>();

	private static final ThreadLocal<@Nullable String> UNKNOWN = new InheritableThreadLocal<>();

	private final SeenStore store = new SeenStore();

	private final List<Seen> events = new CopyOnWriteArrayList<>();

	private final ClassLoader applicationLoader = Thread.currentThread().getContextClassLoader();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CachePolicyAutoConfiguration.class))
		.withUserConfiguration(CachingConfiguration.class)
		.withBean("notes", SeenStore.class, () -> this.store)
		.withInitializer((context) -> context.addApplicationListener(new Listener(this.events)))
		.withPropertyValues("cache-policy.caches.notes.policy=write-back",
				"cache-policy.caches.notes.write-back.flush-interval=1h");

	@AfterEach
	void clear() {
		SecurityContextHolder.setStrategyName(SecurityContextHolder.MODE_THREADLOCAL);
		ContextRegistry registry = ContextRegistry.getInstance();
		registry.removeThreadLocalAccessor("test.tenant");
		registry.removeThreadLocalAccessor(Slf4jThreadLocalAccessor.KEY);
		registry.removeThreadLocalAccessor(LocaleContextThreadLocalAccessor.KEY);
	}

	@Test
	@DisplayName("G1: what is inherited from thread to thread is not inherited from the first writer")
	void nothingIsInherited() {
		this.runner.run((context) -> {
			PolicyCache notes = notes(context);
			in("alice", () -> notes.put(1L, "a"));
			flush(notes, 1);
			in("bob", () -> notes.put(2L, "b"));
			flush(notes, 1);
			in(null, () -> notes.put(3L, "c"));
			flush(notes, 1);
			assertThat(this.store.seen.values()).extracting(Seen::tenant).containsOnlyNulls();
			assertThat(this.store.seen.values()).extracting(Seen::unknown).containsOnlyNulls();
			assertThat(this.store.seen.values()).allSatisfy(this::assertOfTheApplication);
		});
	}

	@Test
	@DisplayName("G1: a registered tenant is that of the writer, absent if the writer had none")
	void registeredTenantIsThatOfTheWriter() {
		registerTenant();
		this.runner.run((context) -> {
			writeAsThree(notes(context));
			assertThat(tenants()).isEqualTo(Map.of(1L, "alice", 2L, "bob", 3L, "none"));
			assertThat(this.store.seen.values()).extracting(Seen::unknown).containsOnlyNulls();
		});
	}

	@Test
	@DisplayName("G1: writers of one batch do not see each other's tenant")
	void writersOfOneBatchAreApart() {
		registerTenant();
		this.runner.run((context) -> {
			PolicyCache notes = notes(context);
			in("alice", () -> notes.put(1L, "a"));
			in(null, () -> notes.put(2L, "b"));
			in("bob", () -> notes.put(3L, "c"));
			in("alice", () -> notes.put(4L, "d"));
			in(null, () -> notes.put(5L, "e"));
			flush(notes, 5);
			assertThat(tenants()).isEqualTo(Map.of(1L, "alice", 2L, "none", 3L, "bob", 4L, "alice", 5L, "none"));
			assertThat(this.store.calls).isEqualTo(3);
		});
	}

	@Test
	@DisplayName("G1: what a store call leaves in its thread is absent in the next one")
	void whatAStoreCallLeavesIsAbsentInTheNext() {
		registerTenant();
		this.store.leaves = true;
		this.runner.run((context) -> {
			writeAsThree(notes(context));
			assertThat(tenants()).isEqualTo(Map.of(1L, "alice", 2L, "bob", 3L, "none"));
		});
	}

	@Test
	@DisplayName("G1: so it is with a ContextSnapshotFactory of the application, and with task decorators")
	void factoryOfTheApplicationAndDecorators() {
		registerTenant();
		this.store.leaves = true;
		this.runner
			.withBean(ContextSnapshotFactory.class, () -> ContextSnapshotFactory.builder().clearMissing(false).build())
			.withBean(TaskDecorator.class, () -> FlushContextTests::decorate)
			.run((context) -> {
				writeAsThree(notes(context));
				assertThat(tenants()).isEqualTo(Map.of(1L, "alice", 2L, "bob", 3L, "none"));
			});
	}

	@Test
	@DisplayName("G1: the user of Spring Security is that of the writer, in its inheritable mode as well")
	void userIsThatOfTheWriter() {
		SecurityContextHolder.setStrategyName(SecurityContextHolder.MODE_INHERITABLETHREADLOCAL);
		this.store.leaves = true;
		this.runner.run((context) -> {
			writeAsThree(notes(context));
			assertThat(this.store.seen).extractingFromEntries((entry) -> entry.getKey() + " " + entry.getValue().user())
				.containsExactlyInAnyOrder("1 alice", "2 bob", "3 null");
		});
	}

	@Test
	@DisplayName("G1: the user of Spring Security stays that of the writer if the context is changed in place")
	void userStaysIfTheContextIsChangedInPlace() {
		this.runner.run((context) -> {
			PolicyCache notes = notes(context);
			SecurityContext session = SecurityContextHolder.createEmptyContext();
			SecurityContextHolder.setContext(session);
			session.setAuthentication(user("alice"));
			notes.put(1L, "a");
			session.setAuthentication(user("bob"));
			notes.put(2L, "b");
			session.setAuthentication(null);
			SecurityContextHolder.clearContext();
			flush(notes, 2);
			assertThat(this.store.seen).extractingFromEntries((entry) -> entry.getKey() + " " + entry.getValue().user())
				.containsExactlyInAnyOrder("1 alice", "2 bob");
		});
	}

	@Test
	@DisplayName("G1: the locale is that of the writer if it is registered, else that of nobody")
	void localeIsThatOfTheWriter() {
		Locale nobodys = Locale.getDefault();
		this.runner.run((context) -> {
			writeAsThree(notes(context));
			assertThat(this.store.seen.values()).extracting(Seen::locale).containsOnly(nobodys);
		});
		ContextRegistry.getInstance().registerThreadLocalAccessor(new LocaleContextThreadLocalAccessor());
		this.runner.run((context) -> {
			writeAsThree(notes(context));
			assertThat(Objects.requireNonNull(this.store.seen.get(1L)).locale()).isEqualTo(new Locale("alice"));
			assertThat(Objects.requireNonNull(this.store.seen.get(2L)).locale()).isEqualTo(new Locale("bob"));
			assertThat(Objects.requireNonNull(this.store.seen.get(3L)).locale()).isEqualTo(nobodys);
		});
	}

	@Test
	@DisplayName("G1: the log context is that of the writer if it is registered, else empty")
	void logContextIsThatOfTheWriter() {
		this.runner.run((context) -> {
			writeAsThree(notes(context));
			assertThat(this.store.seen.values()).extracting(Seen::request).containsOnlyNulls();
		});
		ContextRegistry.getInstance().registerThreadLocalAccessor(new Slf4jThreadLocalAccessor());
		this.store.leaves = true;
		this.runner.run((context) -> {
			writeAsThree(notes(context));
			assertThat(this.store.seen)
				.extractingFromEntries((entry) -> entry.getKey() + " " + entry.getValue().request())
				.containsExactlyInAnyOrder("1 alice", "2 bob", "3 null");
		});
	}

	@Test
	@DisplayName("G1: what is stored by the thread that stops the application has the context of its writer")
	void shutdownHasNoContext() {
		registerTenant();
		this.runner.run((context) -> {
			PolicyCache notes = notes(context);
			in("alice", () -> notes.put(1L, "a"));
			in(null, () -> notes.put(2L, "b"));
			in("stopper", context::close);
			assertThat(tenants()).isEqualTo(Map.of(1L, "alice", 2L, "none"));
			assertThat(this.store.seen.values()).extracting(Seen::unknown).containsOnlyNulls();
		});
	}

	@Test
	@DisplayName("G1: writes that an earlier process left have the context of nobody")
	void recoveredWritesHaveNoContext() {
		registerTenant();
		ContextRegistry.getInstance().registerThreadLocalAccessor(new Slf4jThreadLocalAccessor());
		ContextRegistry.getInstance().registerThreadLocalAccessor(new LocaleContextThreadLocalAccessor());
		SecurityContextHolder.setStrategyName(SecurityContextHolder.MODE_INHERITABLETHREADLOCAL);
		this.store.leaves = true;
		MemoryLog log = new MemoryLog();
		for (long key = 1; key <= 3; key++) {
			log.prepare(key, "left").append(key, new Revision(key, false));
		}
		ApplicationContextRunner durable = this.runner
			.withBean(PendingLog.Factory.class, () -> (cacheName, store) -> log)
			.withPropertyValues("cache-policy.caches.notes.write-back.durable=true",
					"cache-policy.caches.notes.write-back.batch-size=1");
		in("starter", () -> durable.run((context) -> {
			flush(notes(context), 3);
			assertThat(this.store.calls).isEqualTo(3);
			assertThat(tenants()).isEqualTo(Map.of(1L, "none", 2L, "none", 3L, "none"));
			assertThat(this.store.seen.values()).allSatisfy(FlushContextTests::assertOfNobody);
		}));
	}

	@Test
	@DisplayName("G1: threads that publish events, reload and load in the background inherit nothing")
	void otherThreadsInheritNothing() {
		this.store.rows().put(7L, "seven");
		this.store.rows().put(8L, "eight");
		this.runner.withPropertyValues("cache-policy.caches.notes.refresh-after-write=1ms").run((context) -> {
			PolicyCache notes = notes(context);
			in("alice", () -> notes.put(1L, "a"));
			in("alice", () -> notes.flush(TIMEOUT));
			await().untilAsserted(() -> assertThat(this.events).hasSize(1));
			in("alice", () -> notes.get(7L));
			this.store.loads.clear();
			await().untilAsserted(() -> {
				in("alice", () -> notes.get(7L));
				assertThat(this.store.loads).isNotEmpty();
			});
			int reloads = this.store.loads.size();
			in("alice", () -> Objects.requireNonNull(notes.retrieve(8L)).orTimeout(10, TimeUnit.SECONDS).join());
			assertThat(this.store.loads).hasSizeGreaterThan(reloads);
			assertThat(this.store.loads).extracting(Seen::thread).doesNotContain(Thread.currentThread());
			assertThat(this.store.loads).extracting(Seen::unknown).containsOnlyNulls();
			assertThat(this.store.loads).allSatisfy(this::assertOfTheApplication);
			assertThat(this.events).extracting(Seen::unknown).containsOnlyNulls();
			assertThat(this.events).allSatisfy(this::assertOfTheApplication);
		});
	}

	private static void assertOfNobody(Seen seen) {
		assertThat(seen.unknown()).isNull();
		assertThat(seen.user()).isNull();
		assertThat(seen.request()).isNull();
		assertThat(seen.locale()).isEqualTo(Locale.getDefault());
	}

	private void assertOfTheApplication(Seen seen) {
		assertThat(seen.classLoader()).isSameAs(this.applicationLoader);
		assertThat(seen.thread().getPriority()).isEqualTo(Thread.NORM_PRIORITY);
		assertThat(seen.thread().isDaemon()).isTrue();
	}

	private void writeAsThree(PolicyCache notes) {
		this.store.seen.clear();
		in("alice", () -> notes.put(1L, "a"));
		flush(notes, 1);
		in("bob", () -> notes.put(2L, "b"));
		flush(notes, 1);
		in(null, () -> notes.put(3L, "c"));
		flush(notes, 1);
	}

	/**
	 * Do what a request of a user does, in a thread with a class loader of its own, and
	 * with everything that threads may hand on.
	 * @param name the user, {@code null} for none
	 * @param action what the request does
	 */
	private static void in(@Nullable String name, Runnable action) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				if (name != null) {
					enter(name);
				}
				action.run();
				done.complete(null);
			}
			catch (Throwable ex) {
				done.completeExceptionally(ex);
			}
		});
		thread.setContextClassLoader(new URLClassLoader(new URL[0]));
		thread.setPriority(Thread.MIN_PRIORITY);
		thread.start();
		done.orTimeout(20, TimeUnit.SECONDS).join();
	}

	private static void enter(String name) {
		TENANT.set(name);
		UNKNOWN.set(name);
		MDC.put("request", name);
		LocaleContextHolder.setLocale(new Locale(name), true);
		SecurityContext context = SecurityContextHolder.createEmptyContext();
		context.setAuthentication(user(name));
		SecurityContextHolder.setContext(context);
	}

	private static Authentication user(String name) {
		return new TestingAuthenticationToken(name, "secret", "ROLE_USER");
	}

	private static Runnable decorate(Runnable task) {
		return () -> task.run();
	}

	private static void registerTenant() {
		ContextRegistry.getInstance().registerThreadLocalAccessor("test.tenant", TENANT);
	}

	private Map<Object, String> tenants() {
		Map<Object, String> tenants = new ConcurrentHashMap<>();
		this.store.seen.forEach((key, seen) -> tenants.put(key, Objects.requireNonNullElse(seen.tenant(), "none")));
		return tenants;
	}

	private static void flush(PolicyCache notes, long written) {
		assertThat(notes.flush(TIMEOUT)).isEqualTo(new FlushReport(written, 0, 0));
	}

	private static PolicyCache notes(BeanFactory context) {
		return Objects.requireNonNull(context.getBean(PolicyCacheManager.class).getCache("notes"));
	}

	/**
	 * What a thread of the library has.
	 */
	private record Seen(Thread thread, @Nullable ClassLoader classLoader, @Nullable String tenant,
			@Nullable String unknown, @Nullable String user, Locale locale, @Nullable String request) {

		static Seen now() {
			Authentication user = SecurityContextHolder.getContext().getAuthentication();
			return new Seen(Thread.currentThread(), Thread.currentThread().getContextClassLoader(), TENANT.get(),
					UNKNOWN.get(), (user != null) ? user.getName() : null, LocaleContextHolder.getLocale(),
					MDC.get("request"));
		}

	}

	/**
	 * Notes what its callers have, and may leave something with them.
	 */
	private static final class SeenStore extends MapCacheStore {

		private final Map<Object, Seen> seen = new ConcurrentHashMap<>();

		private final List<Seen> loads = new CopyOnWriteArrayList<>();

		private volatile boolean leaves;

		private volatile int calls;

		@Override
		public @Nullable Object load(Object key) {
			this.loads.add(Seen.now());
			return super.load(key);
		}

		@Override
		@SuppressWarnings("NonAtomicOperationOnVolatileField") // One thread flushes
		public Map<Object, Object> saveAll(Map<Object, Object> entries) {
			Seen now = Seen.now();
			entries.keySet().forEach((key) -> this.seen.put(key, now));
			this.calls++;
			if (this.leaves) {
				enter("left");
				UNKNOWN.remove();
				LocaleContextHolder.resetLocaleContext();
			}
			return super.saveAll(entries);
		}

		@Override
		public void deleteAll(Collection<?> keys) {
			throw new UnsupportedOperationException();
		}

	}

	/**
	 * Notes what the thread has that publishes.
	 */
	private record Listener(List<Seen> events) implements ApplicationListener<PayloadApplicationEvent<?>> {

		@Override
		public void onApplicationEvent(PayloadApplicationEvent<?> event) {
			if (event.getPayload() instanceof WritesFlushed) {
				this.events.add(Seen.now());
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class CachingConfiguration {

	}

}
