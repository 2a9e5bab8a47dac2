package io.cachepolicy.stress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.faults.FlushFaults;
import io.cachepolicy.testsupport.Outage;
import io.cachepolicy.testsupport.Postgres;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random writes of many threads to caches whose rows are bound by a foreign key, with
 * entries, batches and times much too small, on a database that is away at times. Each
 * thread has folders and documents of its own and writes them in an order that the
 * foreign key allows; as each write of another key may be flushed at any time before or
 * after, flushes that do not keep to the order are refused by the database. Rows are
 * removed and put again, documents hand on unique labels, and folders are deleted
 * together with their notes.
 * <p>
 * The seed is in the name of the test; {@code -Dcache-policy.seed} repeats it, as far as
 * threads can be, {@code -Dcache-policy.repetitions} tries that many.
 */
class ForeignKeyStressIntegrationTests {

	private static final int WRITERS = 8;

	private static final int FOLDERS = 3;

	private static final int DOCUMENTS = 6;

	private static final int OPERATIONS = Integer.getInteger("cache-policy.operations", 400);

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final Outage outage = new Outage();

	private final FlushFaults faults = new FlushFaults();

	static Stream<Arguments> seeds() {
		long seed = Long.getLong("cache-policy.seed", System.nanoTime());
		int repetitions = Integer.getInteger("cache-policy.repetitions", 1);
		return Stream.iterate(seed, (next) -> next + 1)
			.limit(repetitions)
			.flatMap((next) -> Stream.of(Arguments.of(next, 1), Arguments.of(next, 4)));
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void everyAcceptedWriteIsStoredInAnOrderThatForeignKeysAllow(long seed, int flushThreads) throws Exception {
		Random random = new Random(seed);
		try (ConfigurableApplicationContext context = start(random, flushThreads)) {
			List<Writer> writers = new ArrayList<>();
			for (int i = 0; i < WRITERS; i++) {
				writers.add(new Writer(context, i, new Random(random.nextLong())));
			}
			run(writers, new Random(random.nextLong()));
			PolicyCacheManager manager = context.getBean(PolicyCacheManager.class);
			assertThat(manager.flush(TIMEOUT).remaining()).isZero();
			for (String name : List.of("folders", "documents", "notes")) {
				PolicyCache cache = Objects.requireNonNull(manager.getCache(name));
				assertThat(cache.deadLetters()).as("dead letters of %s", name)
					.filteredOn((letter) -> !name.equals("notes") || isKept(writers, letter))
					.isEmpty();
				assertThat(cache.pendingWrites()).isZero();
			}
			JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
			Map<Long, String> folders = new TreeMap<>();
			Map<Long, String> documents = new TreeMap<>();
			writers.forEach((writer) -> {
				folders.putAll(writer.folders);
				documents.putAll(writer.documents);
			});
			assertThat(rows(jdbc, "select id, text from folder")).isEqualTo(folders);
			assertThat(rows(jdbc,
					"select id, folder_id || ' ' || text || coalesce(' ' || label, '') as text from document"))
				.isEqualTo(documents);
			Map<Long, String> notes = rows(jdbc, "select id, folder_id || ' ' || text as text from note");
			writers.forEach((writer) -> writer.checkNotes(notes));
		}
	}

	/**
	 * Return whether a note is to be there: one whose folder is removed may be refused,
	 * as the folder need not have been there before.
	 */
	private static boolean isKept(List<Writer> writers, DeadLetter letter) {
		return writers.stream().anyMatch((writer) -> writer.keptNotes().contains(letter.key()));
	}

	private static Map<Long, String> rows(JdbcTemplate jdbc, String query) {
		Map<Long, String> rows = new TreeMap<>();
		jdbc.queryForList(query).forEach((row) -> rows.put((Long) row.get("id"), (String) row.get("text")));
		return rows;
	}

	private ConfigurableApplicationContext start(Random random, int flushThreads) {
		String defaults = "cache-policy.defaults.";
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("spring.datasource.url=" + Postgres.createDatabase() + "&options=-c%20synchronous_commit=off",
					"spring.datasource.hikari.maximum-pool-size=30", "spring.jpa.hibernate.ddl-auto=create",
					"spring.main.banner-mode=off", "logging.level.root=warn", "logging.level.org.hibernate=off",
					"logging.level.io.cachepolicy.writeback=error", defaults + "policy=write-back",
					defaults + "maximum-size=6", defaults + "write-back.flush-threads=" + flushThreads,
					defaults + "write-back.batch-size=" + (1 + random.nextInt(6)),
					defaults + "write-back.flush-interval=" + (1 + random.nextInt(20)) + "ms",
					defaults + "write-back.flush-threshold=" + (1 + random.nextInt(30)),
					defaults + "write-back.max-pending=" + (40 + random.nextInt(100)),
					defaults + "write-back.overflow-timeout=60s", defaults + "write-back.retry.initial-interval=1ms",
					defaults + "write-back.retry.max-interval=5ms",
					"cache-policy.caches.folders.entity=" + Folder.class.getName(),
					"cache-policy.caches.documents.entity=" + Document.class.getName(),
					"cache-policy.caches.notes.entity=" + Note.class.getName())
			.initializers((context) -> {
				context.getBeanFactory().registerSingleton("outage", this.outage);
				context.getBeanFactory().registerSingleton("faults", this.faults);
			})
			.run();
	}

	private void run(List<Writer> writers, Random random) throws Exception {
		ExecutorService executor = Executors.newCachedThreadPool();
		AtomicBoolean done = new AtomicBoolean();
		try {
			CompletableFuture<?>[] running = writers.stream()
				.map((writer) -> CompletableFuture.runAsync(writer, executor))
				.toArray(CompletableFuture[]::new);
			CompletableFuture<Void> outages = CompletableFuture.runAsync(() -> {
				while (!done.get()) {
					this.outage.begin(Outage.Kind.values()[random.nextInt(Outage.Kind.values().length)]);
					pause(random.nextInt(20));
					this.outage.end();
					this.faults.begin(random.nextLong());
					pause(random.nextInt(100));
				}
				this.faults.end();
				assertThat(this.faults.injected()).isPositive();
			}, executor);
			try {
				CompletableFuture.allOf(running).get(240, TimeUnit.SECONDS);
			}
			finally {
				done.set(true);
			}
			outages.get(30, TimeUnit.SECONDS);
		}
		finally {
			executor.shutdownNow();
		}
	}

	private static void pause(int milliseconds) {
		LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(milliseconds));
	}

	/**
	 * Writes its own rows, and reads each write back.
	 */
	private static final class Writer implements Runnable {

		private final PolicyCache folderCache;

		private final PolicyCache documentCache;

		private final PolicyCache noteCache;

		private final TransactionTemplate transaction;

		private final int number;

		private final Random random;

		/**
		 * The rows as they are to be in the end.
		 */
		private final Map<Long, String> folders = new HashMap<>();

		private final Map<Long, String> documents = new HashMap<>();

		private final Map<Long, Long> folderOfDocument = new HashMap<>();

		/**
		 * The document that has the label of this writer.
		 */
		private @Nullable Long labelled;

		private final Map<Long, String> notes = new HashMap<>();

		/**
		 * Of each folder the notes that go with it when it is deleted.
		 */
		private final Map<Long, List<Long>> notesOfFolder = new HashMap<>();

		private int texts;

		private int lastNote;

		Writer(ConfigurableApplicationContext context, int number, Random random) {
			PolicyCacheManager manager = context.getBean(PolicyCacheManager.class);
			this.folderCache = Objects.requireNonNull(manager.getCache("folders"));
			this.documentCache = Objects.requireNonNull(manager.getCache("documents"));
			this.noteCache = Objects.requireNonNull(manager.getCache("notes"));
			this.transaction = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
			this.number = number;
			this.random = random;
		}

		@Override
		public void run() {
			for (int i = 0; i < OPERATIONS; i++) {
				long folder = this.number * 100L + this.random.nextInt(FOLDERS);
				long document = this.number * 100L + this.random.nextInt(DOCUMENTS);
				switch (this.random.nextInt(12)) {
					case 0 -> putFolder(folder);
					case 1 -> removeFolder(folder);
					case 2, 3 -> removeDocument(document);
					case 4 -> putInTransaction(folder, document);
					case 5 -> this.documentCache.evict(document);
					case 6 -> handOnLabel(folder, document);
					case 7 -> putNote(folder);
					default -> putDocument(folder, document);
				}
				check(folder, document);
			}
		}

		private void putFolder(long id) {
			String text = "folder " + ++this.texts;
			this.folderCache.put(id, new Folder(id, text));
			this.folders.put(id, text);
		}

		private void putDocument(long folder, long id) {
			putDocument(folder, id, Objects.equals(this.labelled, id) ? label() : null);
		}

		private void putDocument(long folder, long id, @Nullable String label) {
			if (!this.folders.containsKey(folder)) {
				putFolder(folder);
			}
			String text = "document " + ++this.texts;
			this.documentCache.put(id, new Document(id, new Folder(folder, this.folders.get(folder)), text, label));
			this.documents.put(id, folder + " " + text + ((label != null) ? " " + label : ""));
			this.folderOfDocument.put(id, folder);
		}

		private String label() {
			return "label " + this.number;
		}

		/**
		 * Take the label away from its document, and give it to another one.
		 */
		private void handOnLabel(long folder, long id) {
			Long before = this.labelled;
			this.labelled = null;
			if (before != null && this.random.nextBoolean()) {
				removeDocument(before);
			}
			else if (before != null) {
				putDocument(folder, before);
			}
			putDocument(folder, id, label());
			this.labelled = id;
		}

		/**
		 * Put a note that nobody put before: what is deleted with its folder is not
		 * known.
		 */
		private void putNote(long folder) {
			if (!this.folders.containsKey(folder)) {
				putFolder(folder);
			}
			long id = this.number * 10_000L + this.lastNote++;
			String text = "note " + ++this.texts;
			this.noteCache.put(id, new Note(id, new Folder(folder, this.folders.get(folder)), text));
			this.notes.put(id, folder + " " + text);
			this.notesOfFolder.computeIfAbsent(folder, (key) -> new ArrayList<>()).add(id);
		}

		/**
		 * Check the notes in the end. Those of a folder that was removed are gone with
		 * it, unless it was put again before it was deleted.
		 */
		void checkNotes(Map<Long, String> rows) {
			List<Long> kept = keptNotes();
			this.notes.forEach((id, text) -> {
				if (kept.contains(id) || rows.containsKey(id)) {
					assertThat(rows).containsEntry(id, text);
				}
			});
		}

		List<Long> keptNotes() {
			return this.notesOfFolder.values().stream().flatMap(List::stream).toList();
		}

		private void putInTransaction(long folder, long document) {
			Map<Long, String> folders = Map.copyOf(this.folders);
			Map<Long, String> documents = Map.copyOf(this.documents);
			Map<Long, Long> folderOfDocument = Map.copyOf(this.folderOfDocument);
			try {
				this.transaction.executeWithoutResult((status) -> putDocument(folder, document));
			}
			catch (RuntimeException ex) {
				// The database is away, and nothing was accepted
				replace(this.folders, folders);
				replace(this.documents, documents);
				replace(this.folderOfDocument, folderOfDocument);
			}
		}

		private static <V> void replace(Map<Long, V> map, Map<Long, V> content) {
			map.clear();
			map.putAll(content);
		}

		private void removeDocument(long id) {
			this.documentCache.remove(id);
			this.documents.remove(id);
			this.folderOfDocument.remove(id);
			if (Objects.equals(this.labelled, id)) {
				this.labelled = null;
			}
		}

		private void removeFolder(long id) {
			List<Long> inside = this.folderOfDocument.entrySet()
				.stream()
				.filter((entry) -> entry.getValue() == id)
				.map(Map.Entry::getKey)
				.toList();
			inside.forEach(this::removeDocument);
			this.folderCache.remove(id);
			this.folders.remove(id);
			this.notesOfFolder.remove(id);
		}

		private void check(long folder, long document) {
			Folder foundFolder = read(this.folderCache, folder, Folder.class);
			assertThat((foundFolder != null) ? foundFolder.getText() : null).as("folder %d", folder)
				.isEqualTo(this.folders.get(folder));
			Document found = read(this.documentCache, document, Document.class);
			assertThat((found != null) ? describe(found) : null).as("document %d", document)
				.isEqualTo(this.documents.get(document));
		}

		private static String describe(Document document) {
			String label = (document.getLabel() != null) ? " " + document.getLabel() : "";
			return Objects.requireNonNull(document.getFolder()).getId() + " " + document.getText() + label;
		}

		/**
		 * Read, if need be again until the database is there.
		 */
		private static <T> @Nullable T read(PolicyCache cache, long id, Class<T> type) {
			for (int attempt = 0; attempt < 10_000; attempt++) {
				try {
					return cache.get(id, type);
				}
				catch (RuntimeException ex) {
					pause(1);
				}
			}
			throw new AssertionError("Row %d could not be read".formatted(id));
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableCaching
	static class Application {

	}

}
