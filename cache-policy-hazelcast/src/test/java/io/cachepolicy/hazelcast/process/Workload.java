package io.cachepolicy.hazelcast.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.spi.ChangeChannel;
import io.cachepolicy.spi.ChannelStatus;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Reads all rows, those of "items" also as parts of shelves, writes these through or past
 * the cache, and defers writes of some of its own.
 */
final class Workload {

	private static final Log logger = LogFactory.getLog(Workload.class);

	/**
	 * Rows that every instance writes through.
	 */
	static final int SHARED = 400;

	/**
	 * Rows that are written back, each by one instance.
	 */
	static final int OWNED = 60;

	private static final long READ_PAUSE = TimeUnit.MICROSECONDS.toNanos(200);

	private static final long WRITE_PAUSE = TimeUnit.MILLISECONDS.toNanos(30);

	private static final long STATUS_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

	private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(5);

	private final ConfigurableApplicationContext context;

	private final Path directory;

	private final int instance;

	private final Recorder recorder;

	private final PolicyCache shared;

	private final PolicyCache shelves;

	private final PolicyCache owned;

	private final ItemRepository repository;

	private volatile boolean stopped;

	Workload(ConfigurableApplicationContext context, Path directory, int instance) {
		this.context = context;
		this.directory = directory;
		this.instance = instance;
		this.recorder = new Recorder(
				directory.resolve("%d-%d.records".formatted(instance, ProcessHandle.current().pid())));
		PolicyCacheManager manager = context.getBean(PolicyCacheManager.class);
		this.shared = Objects.requireNonNull(manager.getCache("items"));
		this.shelves = Objects.requireNonNull(manager.getCache("shelves"));
		this.owned = Objects.requireNonNull(manager.getCache("notes"));
		this.repository = context.getBean(ItemRepository.class);
	}

	void start() {
		this.context.addApplicationListener((event) -> {
			if (event instanceof ContextClosedEvent) {
				this.stopped = true;
			}
		});
		run("reader", READ_PAUSE, this::read);
		run("through", WRITE_PAUSE, this::writeThrough);
		run("back", WRITE_PAUSE, this::writeBack);
		run("status", STATUS_PAUSE, (random) -> showStatus());
	}

	private void run(String name, long pause, Step step) {
		Random random = new Random(ProcessHandle.current().pid() + name.hashCode());
		Thread thread = new Thread(() -> {
			while (!this.stopped) {
				try {
					step.run(random);
				}
				catch (Exception ex) {
					if (!this.stopped) {
						logger.error("A step of the work failed", ex);
					}
				}
				LockSupport.parkNanos(pause);
			}
		}, name);
		thread.setDaemon(true);
		thread.start();
	}

	private void read(Random random) {
		long key = random.nextInt(SHARED + OWNED);
		PolicyCache cache = (key < SHARED) ? this.shared : this.owned;
		boolean held = key < SHARED && random.nextBoolean();
		long begin = System.nanoTime();
		Item item = (held) ? Objects.requireNonNull(this.shelves.get(key, Shelf.class)).getItem()
				: Objects.requireNonNull(cache.get(key, Item.class));
		this.recorder.read(key, item.getAmount(), begin);
	}

	private void writeThrough(Random random) {
		long key = random.nextInt(SHARED);
		long written = Objects.requireNonNull(
				new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class)).execute((status) -> {
					Item item = this.repository.lock(key);
					item.setAmount(item.getAmount() + 1);
					if (random.nextBoolean()) {
						this.shared.put(key, item);
					}
					// Else by JPA alone, past the cache
					return item.getAmount();
				}));
		this.recorder.written(key, written, System.nanoTime());
	}

	private void writeBack(Random random) {
		long key = SHARED + random.nextInt(OWNED / 3) * 3L + this.instance;
		Item item = new Item();
		item.setId(key);
		item.setAmount(this.repository.amount(key) + 1);
		this.owned.put(key, item);
		FlushReport report = this.owned.flush(FLUSH_TIMEOUT);
		if (report.remaining() == 0 && report.failed() == 0) {
			this.recorder.written(key, item.getAmount(), System.nanoTime());
		}
	}

	private void showStatus() throws IOException {
		ChannelStatus status = this.context.getBean(ChangeChannel.class).status();
		String text = (status != null) ? "%s %d %d %d".formatted(status.state(),
				status.members().stream().filter((member) -> !member.silent()).count(), status.counts().gaps(),
				status.counts().clears()) : "CONNECTED 2 0 0";
		Path file = this.directory.resolve("%d.status".formatted(this.instance));
		Path written = this.directory.resolve("%d.status.new".formatted(this.instance));
		Files.writeString(written, text);
		Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
	}

	/**
	 * What a thread does again and again.
	 */
	private interface Step {

		void run(Random random) throws Exception;

	}

}
