package io.cachepolicy.writeback;

import java.net.URL;
import java.net.URLClassLoader;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import io.cachepolicy.FlushReport;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.OwnThreads;
import io.cachepolicy.spi.WriteContextCapture;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Specs;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link FlushThreads}, which many caches share.
 */
class SharedThreadsTests {

	private static final Duration TIMEOUT = AbstractWriteBackTests.TIMEOUT;

	private static final Duration IDLE = Duration.ofMillis(50);

	private final Set<Thread> made = ConcurrentHashMap.newKeySet();

	private final CountDownLatch release = new CountDownLatch(1);

	private final List<PendingWrites> caches = new ArrayList<>();

	private FlushThreads threads = create(Duration.ofMillis(250));

	private FlushThreads create(Duration patience) {
		OwnThreads factory = new OwnThreads();
		return new FlushThreads((action) -> {
			Thread thread = factory.create(FlushThreads.NAME, action);
			this.made.add(thread);
			return thread;
		}, IDLE, patience);
	}

	private List<PendingWrites> createCaches(int count, Specs specs, FakeStore store) {
		WriteBackFactory factory = new WriteBackFactory(Clock.systemUTC(), (letter) -> false, WriteContextCapture.NONE,
				FlushListener.NONE, null, this.threads);
		List<PendingWrites> created = IntStream.range(0, count)
			.mapToObj((i) -> factory.create("cache" + i, specs.writeBack(), store, new IgnoringListener()))
			.toList();
		this.caches.addAll(created);
		return created;
	}

	private long alive() {
		return this.made.stream().filter(Thread::isAlive).count();
	}

	@AfterEach
	void noThreadIsLeft() {
		this.release.countDown();
		this.caches.forEach(PendingWrites::close);
		this.caches.forEach((cache) -> assertThat(cache.awaitDrained(TIMEOUT).remaining()).isZero());
		await().until(() -> alive() == 0);
	}

	@Test
	@DisplayName("G4: a thousand caches are flushed by fewer than 20 threads, which end")
	void manyCachesNeedFewThreads() {
		FakeStore store = new FakeStore();
		List<PendingWrites> created = createCaches(1000,
				Specs.of("items").flushThreads(2).flushInterval(Duration.ofMillis(100)), store);
		AtomicInteger most = new AtomicInteger();
		store.beforeWrite((keys) -> most.accumulateAndGet((int) alive(), Math::max));
		for (int round = 0; round < 3; round++) {
			for (int i = 0; i < created.size(); i++) {
				created.get(i).offer(round + "-" + i, "value");
			}
		}
		await().until(() -> store.rows().size() == 3000);
		assertThat(most).hasValueBetween(1, 19);
		await().until(() -> alive() == 0);
	}

	@Test
	@DisplayName("G4: a cache without pending writes has no thread and starts none")
	void idleCachesNeedNoThread() {
		List<PendingWrites> created = createCaches(10, Specs.of("items"), new FakeStore());
		created.forEach(PendingWrites::close);
		created.forEach(PendingWrites::open);
		assertThat(created).allSatisfy((cache) -> assertThat(cache.flush(TIMEOUT)).isEqualTo(FlushReport.EMPTY));
		assertThat(this.made).isEmpty();
	}

	@Test
	@DisplayName("R5, G4: stores that do not answer, more than there are threads at first, delay no other")
	void slowStoresDelayOnlyThemselves() {
		FakeStore slow = new FakeStore();
		slow.beforeWrite((keys) -> AbstractWriteBackTests.awaitLatch(this.release));
		FakeStore good = new FakeStore();
		List<PendingWrites> blocked = createCaches(40,
				Specs.of("items").flushThreads(2).batchSize(1).flushInterval(Duration.ofMillis(1)), slow);
		for (PendingWrites cache : blocked) {
			for (int i = 0; i < 4; i++) {
				cache.offer(cache.hashCode() + "-" + i, "value");
			}
		}
		await().until(() -> slow.calls().size() >= 16);
		PendingWrites other = createCaches(1, Specs.of("items"), good).get(0);
		other.offer("k", "value");
		assertThat(other.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
		await().until(() -> this.threads.active() == 80);
		// No cache has more than its settings say
		assertThat(slow.calls()).hasSizeLessThanOrEqualTo(80);
		other.offer("k", "again");
		assertThat(other.flush(TIMEOUT)).isEqualTo(new FlushReport(1, 0, 0));
	}

	@Test
	@DisplayName("G4: threads are there for all that a cache may have, at once")
	void cacheHasItsThreads() {
		this.threads = create(Duration.ofSeconds(3));
		FakeStore store = new FakeStore();
		CountDownLatch together = new CountDownLatch(24);
		store.beforeWrite((keys) -> {
			together.countDown();
			AbstractWriteBackTests.awaitLatch(together);
		});
		PendingWrites cache = createCaches(1, Specs.of("items").flushThreads(24).batchSize(1), store).get(0);
		for (int i = 0; i < 24; i++) {
			cache.offer(i, "value");
		}
		assertThat(cache.flush(TIMEOUT)).isEqualTo(new FlushReport(24, 0, 0));
	}

	@Test
	@DisplayName("W8: what is never done does not keep others from their turn")
	void endlessWorkIsFair() {
		AtomicBoolean running = new AtomicBoolean(true);
		List<Steps> works = IntStream.range(0, 60).mapToObj((i) -> new Steps(running)).toList();
		works.forEach(this.threads::execute);
		await().until(() -> works.stream().allMatch((work) -> work.count.get() > 100));
		running.set(false);
		await().until(() -> this.threads.active() == 0);
	}

	@Test
	@DisplayName("W2: no write is overlooked, whenever it comes")
	void noWriteIsOverlooked() throws InterruptedException {
		FakeStore store = new FakeStore();
		List<PendingWrites> created = createCaches(3,
				Specs.of("items").flushThreads(2).batchSize(2).flushInterval(Duration.ofMillis(1)), store);
		List<Thread> writers = new ArrayList<>();
		for (PendingWrites cache : created) {
			for (int writer = 0; writer < 2; writer++) {
				String name = cache.hashCode() + "-" + writer + "-";
				writers.add(new Thread(() -> {
					for (int i = 0; i < 200; i++) {
						cache.offer(name + i, "value");
						// Nothing else comes that would wake a flusher
						int key = i;
						await().pollDelay(Duration.ZERO)
							.pollInterval(Duration.ofNanos(50_000))
							.until(() -> store.rows().containsKey(name + key));
					}
				}));
			}
		}
		writers.forEach(Thread::start);
		for (Thread writer : writers) {
			writer.join(TIMEOUT.toMillis());
		}
		assertThat(store.rows()).hasSize(1200);
	}

	@Test
	@DisplayName("G1: a thread takes over nothing of the writer for which it begins")
	void threadsInheritNothing() {
		InheritableThreadLocal<String> tenant = new InheritableThreadLocal<>();
		ClassLoader requests = new URLClassLoader(new URL[0], SharedThreadsTests.class.getClassLoader());
		AtomicReference<@Nullable String> inherited = new AtomicReference<>("unknown");
		AtomicReference<@Nullable ClassLoader> classLoader = new AtomicReference<>();
		FakeStore store = new FakeStore();
		store.beforeWrite((keys) -> {
			inherited.set(tenant.get());
			classLoader.set(Thread.currentThread().getContextClassLoader());
			// Nor of the flush before
			Thread.currentThread().setContextClassLoader(requests);
		});
		PendingWrites cache = createCaches(1, Specs.of("items"), store).get(0);
		ClassLoader own = Thread.currentThread().getContextClassLoader();
		Thread.currentThread().setContextClassLoader(requests);
		tenant.set("alice");
		try {
			for (int i = 0; i < 2; i++) {
				cache.offer("k", i);
				assertThat(cache.flush(TIMEOUT).written()).isOne();
				assertThat(inherited).hasNullValue();
				assertThat(classLoader).hasValue(own);
			}
		}
		finally {
			tenant.remove();
			Thread.currentThread().setContextClassLoader(own);
		}
	}

	@Test
	@DisplayName("threads end at once when they are closed, and what is asked for later is ignored")
	void closedThreadsEnd() {
		List<Thread> created = new CopyOnWriteArrayList<>();
		this.threads = new FlushThreads((task) -> {
			Thread thread = new Thread(task, FlushThreads.NAME);
			created.add(thread);
			return thread;
		}, Duration.ofDays(1), IDLE);
		Steps work = new Steps(new AtomicBoolean());
		this.threads.execute(work);
		this.threads.schedule(() -> {
		}, Long.MAX_VALUE);
		await().until(() -> this.threads.active() == 0);
		this.threads.close();
		this.threads.execute(work);
		assertThat(created).isNotEmpty();
		await().until(() -> created.stream().noneMatch(Thread::isAlive));
		assertThat(work.count).hasValue(1);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreadsFlush() {
		this.threads = FlushThreads.virtual();
		InheritableThreadLocal<String> tenant = new InheritableThreadLocal<>();
		tenant.set("alice");
		AtomicReference<@Nullable String> seen = new AtomicReference<>();
		FakeStore store = new FakeStore();
		store.beforeWrite((keys) -> seen.set("%s, %s, %s".formatted(isVirtual(Thread.currentThread()),
				Thread.currentThread().getName(), tenant.get())));
		PendingWrites cache = createCaches(1, Specs.of("items"), store).get(0);
		cache.offer("k", "value");
		assertThat(cache.flush(TIMEOUT).written()).isOne();
		tenant.remove();
		assertThat(seen).hasValue("true, cache-policy-flush-cache0, null");
	}

	private static boolean isVirtual(Thread thread) {
		try {
			return (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Counts its steps.
	 */
	private static final class Steps implements FlushThreads.Work {

		private final AtomicInteger count = new AtomicInteger();

		private final AtomicBoolean again;

		Steps(AtomicBoolean again) {
			this.again = again;
		}

		@Override
		public String name() {
			return "steps";
		}

		@Override
		public boolean proceed() {
			this.count.incrementAndGet();
			return this.again.get();
		}

	}

}
