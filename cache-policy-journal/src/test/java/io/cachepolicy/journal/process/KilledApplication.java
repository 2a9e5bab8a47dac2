package io.cachepolicy.journal.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.spi.PendingLog;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * An application that writes as long as it lives, and tells what it begins and what was
 * acknowledged. Each thread has keys of its own, and writes a number that grows: 0 is a
 * removal.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@EnableCaching
@EntityScan(basePackageClasses = Parcel.class)
@EnableJpaRepositories(basePackageClasses = ParcelRepository.class)
public class KilledApplication {

	static final int THREADS = 3;

	static final int KEYS = 12;

	/**
	 * Keys of writes that the store refuses.
	 */
	static final long REFUSED = 90_000;

	/**
	 * Long, as a process of a busy machine may get little of it.
	 */
	private static final Duration FLUSH_TIMEOUT = Duration.ofMinutes(3);

	private static final PrintStream out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out),
			true, StandardCharsets.UTF_8);

	/**
	 * Run the application.
	 * @param arguments the URL of the database, the directory of the journal, the first
	 * number, and where to die: a step and a count
	 * @throws IOException if the parent is gone
	 */
	public static void main(String[] arguments) throws IOException {
		long first = Long.parseLong(arguments[2]);
		Arrow arrow = (arguments.length > 3) ? Arrow.valueOf(arguments[3]) : null;
		AtomicInteger count = new AtomicInteger((arguments.length > 4) ? Integer.parseInt(arguments[4]) : 0);
		ConfigurableApplicationContext context = start(arguments[0], arguments[1], arrow, count);
		PolicyCacheManager manager = context.getBean(PolicyCacheManager.class);
		Map<String, PolicyCache> caches = Map.of("parcels", manager.getCache("parcels"), "boxes",
				manager.getCache("boxes"));
		long remaining = manager.flush(FLUSH_TIMEOUT).remaining();
		if (remaining > 0) {
			Thread.getAllStackTraces()
				.forEach((thread, trace) -> out.println(thread.getName() + " " + Arrays.toString(trace)));
		}
		out.println("flushed " + remaining);
		caches.forEach((name, cache) -> cache.deadLetters().forEach((letter) -> tell(cache, letter)));
		out.println("ready");
		new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
		for (int thread = 0; thread < THREADS; thread++) {
			Writer writer = new Writer(caches,
					new TransactionTemplate(context.getBean(PlatformTransactionManager.class)), thread, first);
			new Thread(writer::run).start();
		}
	}

	private static ConfigurableApplicationContext start(String url, String directory, Arrow arrow,
			AtomicInteger count) {
		String writeBack = "cache-policy.defaults.write-back.";
		return new SpringApplicationBuilder(KilledApplication.class).web(WebApplicationType.NONE)
			.initializers(
					(context) -> context.getBeanFactory().registerSingleton("deadlyLogs", deadlyLogs(arrow, count)))
			.properties("spring.datasource.url=" + url, "spring.jpa.hibernate.ddl-auto=update",
					"spring.main.banner-mode=off", "spring.flyway.enabled=false", "logging.threshold.console=off",
					"logging.file.name=" + directory + ".log", "logging.level.root=warn",
					"cache-policy.defaults.policy=write-back",
					"cache-policy.caches.parcels.entity=" + Parcel.class.getName(),
					"cache-policy.caches.boxes.entity=" + Box.class.getName(), writeBack + "durable=true",
					writeBack + "flush-interval=40ms", writeBack + "batch-size=5", writeBack + "retry.max-attempts=3",
					writeBack + "retry.initial-interval=10ms",
					// A row rests for ten times as long as its attempt took, on a busy
					// machine too
					writeBack + "retry.max-interval=1s", "cache-policy.journal.directory=" + directory,
					"cache-policy.journal.sync=os", "cache-policy.journal.minimum-free-space=1MB")
			.run();
	}

	/**
	 * Put a log that kills before that of the journal, when all beans are known.
	 */
	private static BeanFactoryPostProcessor deadlyLogs(Arrow arrow, AtomicInteger count) {
		return (beanFactory) -> {
			if (arrow != null) {
				RootBeanDefinition definition = new RootBeanDefinition(PendingLog.Factory.class, () -> {
					PendingLog.Factory logs = beanFactory.getBean("policyCacheJournal", PendingLog.Factory.class);
					return (cacheName, store) -> new DeadlyLog(logs.open(cacheName, store), arrow, count);
				});
				definition.setPrimary(true);
				((BeanDefinitionRegistry) beanFactory).registerBeanDefinition("deadlyLogs", definition);
			}
		};
	}

	private static void tell(PolicyCache cache, DeadLetter letter) {
		long number = 0;
		if (letter.value() instanceof Parcel parcel && parcel.getNumber() != null) {
			number = parcel.getNumber();
		}
		else if (letter.value() instanceof Box box) {
			number = box.getNumber();
		}
		out.println("letter %s %s %d %s".formatted(cache.getName(), letter.key(), number, letter.kind()));
		out.println("reason of %s: %s".formatted(letter, letter.reason()).replace('\n', ' '));
		if (letter.kind() != DeadLetter.Kind.REFUSED) {
			cache.discard(letter);
		}
	}

	static List<String> tables() {
		return List.of("parcel", "box");
	}

	/**
	 * Writes keys of its own, one after the other.
	 */
	private static final class Writer {

		private final PolicyCache parcels;

		private final PolicyCache boxes;

		private final TransactionTemplate transaction;

		private final int thread;

		private final Random random = ThreadLocalRandom.current();

		private long number;

		Writer(Map<String, PolicyCache> caches, TransactionTemplate transaction, int thread, long first) {
			this.parcels = caches.get("parcels");
			this.boxes = caches.get("boxes");
			this.transaction = transaction;
			this.thread = thread;
			this.number = first;
		}

		void run() {
			while (true) {
				this.number++;
				long id = 1 + this.thread * 1000L + this.random.nextInt(KEYS);
				try {
					step(id);
				}
				catch (RuntimeException ex) {
					out.println("failed " + ex);
				}
			}
		}

		private void step(long id) {
			switch (ThreadLocalRandom.current().nextInt(12)) {
				case 0 -> write("parcels", id, () -> parcel(this.parcels.withPolicy(WritePolicy.WRITE_THROUGH), id));
				case 1 -> write("boxes", id, () -> box(this.boxes.withPolicy(WritePolicy.WRITE_THROUGH), id));
				case 2 -> remove(id);
				case 3, 4 -> inTransaction(id, false);
				case 5 -> inTransaction(id, true);
				case 6 -> refuse();
				case 7, 8 -> write("boxes", id, () -> box(this.boxes, id));
				default -> write("parcels", id, () -> parcel(this.parcels, id));
			}
		}

		private void write(String cache, long id, Runnable write) {
			out.println("begin %s %d %d".formatted(cache, id, this.number));
			write.run();
			out.println("ack %s %d %d".formatted(cache, id, this.number));
		}

		private void parcel(PolicyCache cache, long id) {
			Parcel parcel = cache.get(id, Parcel.class);
			if (parcel == null) {
				Box box = this.boxes.get(id, Box.class);
				parcel = new Parcel(id, this.number, box);
			}
			parcel.setNumber(this.number);
			cache.put(id, parcel);
		}

		private void box(PolicyCache cache, long id) {
			cache.put(id, new Box(id, this.number));
		}

		private void remove(long id) {
			out.println("begin parcels %d 0".formatted(id));
			this.parcels.remove(id);
			out.println("ack parcels %d 0".formatted(id));
		}

		private void inTransaction(long id, boolean rollback) {
			if (rollback) {
				this.transaction.executeWithoutResult((status) -> {
					parcel(this.parcels, id);
					status.setRollbackOnly();
				});
				return;
			}
			out.println("begin boxes %d %d".formatted(id, this.number));
			out.println("begin parcels %d %d".formatted(id, this.number));
			this.transaction.executeWithoutResult((status) -> {
				box(this.boxes, id);
				parcel(this.parcels, id);
			});
			out.println("ack boxes %d %d".formatted(id, this.number));
			out.println("ack parcels %d %d".formatted(id, this.number));
		}

		private void refuse() {
			long id = REFUSED + this.thread;
			out.println("begin parcels %d -1".formatted(id));
			this.parcels.put(id, new Parcel(id, null, null));
			out.println("ack parcels %d -1".formatted(id));
		}

	}

}
