package io.cachepolicy.endtoend;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.github.benmanes.caffeine.cache.Cache;
import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.WritePolicy;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.SessionFactory;
import org.hibernate.stat.Statistics;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.cache.actuate.endpoint.CachesEndpoint;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests of a whole application, from the annotation to the row.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractPolicyTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private ConfigurableApplicationContext context;

	private JdbcTemplate jdbc;

	private PolicyCacheManager manager;

	private TransactionTemplate transaction;

	private Statistics statistics;

	private Notes.Back back;

	private Notes.Through through;

	abstract String url();

	@BeforeAll
	void start() {
		this.context = EndToEndApplication.start(url());
		this.jdbc = this.context.getBean(JdbcTemplate.class);
		this.manager = this.context.getBean(PolicyCacheManager.class);
		this.transaction = new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class));
		this.statistics = this.context.getBean(EntityManagerFactory.class).unwrap(SessionFactory.class).getStatistics();
		this.back = this.context.getBean(Notes.Back.class);
		this.through = this.context.getBean(Notes.Through.class);
	}

	@AfterAll
	void stop() {
		this.context.close();
	}

	@BeforeEach
	void clean() {
		this.manager.flush(TIMEOUT);
		this.jdbc.execute("delete from note_remarks");
		this.jdbc.execute("delete from remark");
		this.jdbc.execute("delete from note");
		this.manager.getCacheNames().forEach((name) -> {
			cache(name).deadLetters().forEach(cache(name)::discard);
			cache(name).clear();
		});
		this.statistics.clear();
	}

	private Stream<Notes> policies() {
		return this.context.getBeansOfType(Notes.class).values().stream();
	}

	private PolicyCache cache(String name) {
		return Objects.requireNonNull(this.manager.getCache(name));
	}

	private PolicyCache cache(Notes notes) {
		return cache(notes.cache());
	}

	private boolean isDeferred(Notes notes) {
		return notes instanceof Notes.Back;
	}

	private void insert(String id, String text) {
		this.jdbc.update("insert into note (id, text, version) values (?, ?, 0)", id, text);
	}

	private @Nullable String row(String id) {
		return this.jdbc.queryForList("select text from note where id = ?", String.class, id)
			.stream()
			.findFirst()
			.orElse(null);
	}

	private int version(String id) {
		return Objects
			.requireNonNull(this.jdbc.queryForObject("select version from note where id = ?", Integer.class, id));
	}

	private static @Nullable String text(Notes notes, String id) {
		return notes.find(id).map(Note::getText).orElse(null);
	}

	/**
	 * Read in another thread, so outside of the caller's transaction.
	 */
	private static @Nullable String textSeenByOthers(Notes notes, String id) {
		return CompletableFuture.supplyAsync(() -> text(notes, id)).join();
	}

	private FlushReport flush(Notes notes) {
		return cache(notes).flush(TIMEOUT);
	}

	@ParameterizedTest
	@MethodSource("policies")
	@DisplayName("R1, trap: a read that misses never writes")
	void readsNeverWrite(Notes notes) {
		insert("a", "row");
		assertThat(text(notes, "a")).isEqualTo("row");
		assertThat(text(notes, "none")).isNull();
		assertThat(notes.cacheable("a")).isNotNull();
		assertThat(notes.cacheable("none")).isNull();
		notes.cacheEvict("a");
		assertThat(notes.cacheable("a")).isNotNull();
		assertThat(notes.write(null)).isNull();
		flush(notes);
		assertThat(this.statistics.getEntityInsertCount()).isZero();
		assertThat(this.statistics.getEntityUpdateCount()).isZero();
		assertThat(this.statistics.getEntityDeleteCount()).isZero();
		assertThat(version("a")).isZero();
	}

	@ParameterizedTest
	@MethodSource("policies")
	void readsOfOneKeyHitTheCache(Notes notes) {
		insert("a", "row");
		text(notes, "a");
		long statements = this.statistics.getPrepareStatementCount();
		assertThat(text(notes, "a")).isEqualTo("row");
		assertThat(cache(notes).get("a", Note.class)).isNotNull();
		assertThat(this.statistics.getPrepareStatementCount()).isEqualTo(statements);
	}

	@ParameterizedTest
	@MethodSource("policies")
	@DisplayName("WRITE: stored now, or pending and stored by a flush; read at once in either case")
	void writeReachesTheRowByThePolicy(Notes notes) {
		notes.write(new Note("a", "one"));
		assertThat(row("a")).isEqualTo(isDeferred(notes) ? null : "one");
		assertThat(text(notes, "a")).isEqualTo("one");
		flush(notes);
		assertThat(row("a")).isEqualTo("one");
		assertThat(((Cache<?, ?>) cache(notes).getNativeCache()).asMap()).hasSize(1);
		Note read = notes.find("a").orElseThrow();
		notes.write(read.text("two"));
		assertThat(row("a")).isEqualTo(isDeferred(notes) ? "one" : "two");
		assertThat(text(notes, "a")).isEqualTo("two");
		flush(notes);
		assertThat(row("a")).isEqualTo("two");
		assertThat(version("a")).isOne();
	}

	@ParameterizedTest
	@MethodSource("policies")
	@DisplayName("REMOVE: deleted now, or pending; reads as absent at once in either case")
	void removeReachesTheRowByThePolicy(Notes notes) {
		insert("a", "row");
		text(notes, "a");
		notes.remove("a");
		assertThat(row("a")).isEqualTo(isDeferred(notes) ? "row" : null);
		assertThat(text(notes, "a")).isNull();
		assertThat(notes.cacheable("a")).isNull();
		flush(notes);
		assertThat(row("a")).isNull();
		assertThat(text(notes, "a")).isNull();
		notes.remove("never there");
		assertThat(flush(notes).failed()).isZero();
	}

	@ParameterizedTest
	@MethodSource("policies")
	void futureIsWrittenWhenItCompletes(Notes notes) {
		notes.writeLater(new Note("a", "later")).join();
		flush(notes);
		assertThat(row("a")).isEqualTo("later");
		if (!isDeferred(notes)) {
			assertThatExceptionOfType(CompletionException.class)
				.isThrownBy(() -> notes.writeLater(new Note("b", "x".repeat(30))).join())
				.withCauseInstanceOf(DataIntegrityViolationException.class);
		}
	}

	@ParameterizedTest
	@MethodSource("policies")
	@DisplayName("Spring's annotations: @CachePut writes by the policy, @CacheEvict deletes no row")
	void springAnnotationsWorkOnTheSameCaches(Notes notes) {
		notes.cachePut(new Note("a", "put"));
		assertThat(row("a")).isEqualTo(isDeferred(notes) ? null : "put");
		notes.cacheEvict("a");
		assertThat(cache(notes).pendingWrites()).isEqualTo(isDeferred(notes) ? 1 : 0);
		assertThat(notes.cacheable("a")).extracting(Note::getText).isEqualTo("put");
		flush(notes);
		assertThat(row("a")).isEqualTo("put");
	}

	@Test
	@DisplayName("trap: a failed write-through reaches the caller in spite of a LoggingCacheErrorHandler")
	void failedWriteReachesTheCaller() {
		insert("a", "row");
		this.policies().filter((notes) -> !isDeferred(notes)).forEach((notes) -> {
			Note tooLong = notes.find("a").orElseThrow().text("x".repeat(30));
			assertThatExceptionOfType(DataIntegrityViolationException.class).isThrownBy(() -> notes.write(tooLong));
			assertThatExceptionOfType(DataIntegrityViolationException.class).isThrownBy(() -> notes.cachePut(tooLong));
			assertThat(text(notes, "a")).isEqualTo("row");
		});
	}

	@Test
	@DisplayName("trap: the caches endpoint and clear() drop no pending write and delete no row")
	void cachesEndpointKeepsPendingWritesAndRows() {
		insert("stored", "row");
		this.back.write(new Note("a", "pending"));
		new CachesEndpoint(Map.of("cacheManager", this.manager)).clearCaches();
		assertThat(cache(this.back).pendingWrites()).isOne();
		assertThat(text(this.back, "a")).isEqualTo("pending");
		flush(this.back);
		assertThat(row("a")).isEqualTo("pending");
		assertThat(row("stored")).isEqualTo("row");
	}

	@ParameterizedTest
	@MethodSource("policies")
	@DisplayName("Transaction, before commit: the writer reads its own write, others the old value")
	void writesAreInvisibleToOthersBeforeTheCommit(Notes notes) {
		insert("a", "old");
		insert("gone", "old");
		text(notes, "a");
		text(notes, "gone");
		this.transaction.executeWithoutResult((status) -> {
			notes.write(notes.find("a").orElseThrow().text("new"));
			notes.remove("gone");
			assertThat(text(notes, "a")).isEqualTo("new");
			assertThat(text(notes, "gone")).isNull();
			assertThat(textSeenByOthers(notes, "a")).isEqualTo("old");
			assertThat(textSeenByOthers(notes, "gone")).isEqualTo("old");
		});
		assertThat(textSeenByOthers(notes, "a")).isEqualTo("new");
		assertThat(textSeenByOthers(notes, "gone")).isNull();
		assertThat(cache(notes).pendingWrites()).isEqualTo(isDeferred(notes) ? 2 : 0);
		flush(notes);
		assertThat(row("a")).isEqualTo("new");
		assertThat(row("gone")).isNull();
	}

	@ParameterizedTest
	@MethodSource("policies")
	@DisplayName("Transaction, trap: a rollback leaves no trace in cache or store, whatever the operation")
	void rollbackLeavesNoTrace(Notes notes) {
		insert("a", "old");
		List<Consumer<Notes>> operations = List.of((target) -> target.write(new Note("new", "new")),
				(target) -> target.write(target.find("a").orElseThrow().text("new")), (target) -> target.remove("a"),
				(target) -> target.cachePut(new Note("new", "new")));
		for (Consumer<Notes> operation : operations) {
			this.transaction.executeWithoutResult((status) -> {
				operation.accept(notes);
				status.setRollbackOnly();
			});
			assertThat(text(notes, "a")).isEqualTo("old");
			assertThat(text(notes, "new")).isNull();
			assertThat(cache(notes).pendingWrites()).isZero();
			flush(notes);
			assertThat(row("a")).isEqualTo("old");
			assertThat(row("new")).isNull();
		}
	}

	@ParameterizedTest
	@MethodSource("policies")
	void annotatedMethodTakesPartInItsOwnTransaction(Notes notes) {
		notes.writeInTransaction(new Note("a", "committed"), false);
		flush(notes);
		assertThat(row("a")).isEqualTo("committed");
		assertThatIllegalStateException()
			.isThrownBy(() -> notes.writeInTransaction(new Note("b", "rolled back"), true));
		flush(notes);
		assertThat(row("b")).isNull();
		assertThat(text(notes, "b")).isNull();
	}

	@ParameterizedTest
	@MethodSource("policies")
	@DisplayName("Transaction: REQUIRES_NEW inside commits on its own")
	void requiresNewCommitsOnItsOwn(Notes notes) {
		TransactionTemplate requiresNew = new TransactionTemplate(
				Objects.requireNonNull(this.transaction.getTransactionManager()));
		requiresNew.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		this.transaction.executeWithoutResult((outer) -> {
			notes.write(new Note("outer", "outer"));
			requiresNew.executeWithoutResult((inner) -> notes.write(new Note("inner", "inner")));
			outer.setRollbackOnly();
		});
		flush(notes);
		assertThat(row("outer")).isNull();
		assertThat(row("inner")).isEqualTo("inner");
		assertThat(text(notes, "outer")).isNull();
		assertThat(text(notes, "inner")).isEqualTo("inner");
	}

	@ParameterizedTest
	@MethodSource("policies")
	@DisplayName("Transaction, trap: a write in an AFTER_COMMIT listener is really committed")
	void writeAfterCommitIsCommitted(Notes notes) {
		this.transaction.executeWithoutResult((status) -> {
			notes.write(new Note("a", "in transaction"));
			this.context
				.publishEvent(new EndToEndApplication.AfterCommit.Work((text) -> notes.write(new Note("b", text))));
		});
		flush(notes);
		assertThat(row("a")).isEqualTo("in transaction");
		assertThat(row("b")).isEqualTo("after commit");
		assertThat(text(notes, "b")).isEqualTo("after commit");
	}

	@Test
	@DisplayName("R3: a value from a snapshot that is older than a committed write is not cached")
	void loadFromAnOldSnapshotIsNotCached() {
		insert("a", "old");
		TransactionTemplate repeatableRead = new TransactionTemplate(
				Objects.requireNonNull(this.transaction.getTransactionManager()));
		repeatableRead.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
		Notes notes = this.context.getBean(Notes.Around.class);
		for (boolean readOnly : new boolean[] { false, true }) {
			repeatableRead.setReadOnly(readOnly);
			repeatableRead.executeWithoutResult((status) -> {
				this.jdbc.queryForObject("select count(*) from note", Integer.class);
				CompletableFuture.runAsync(() -> notes.write(notes.find("a").orElseThrow().text("new"))).join();
				text(notes, "a");
			});
			assertThat(text(notes, "a")).isEqualTo("new");
		}
	}

	@Test
	@DisplayName("R3: a value that an open persistence context held is not cached")
	void loadFromAnOpenPersistenceContextIsNotCached() {
		insert("a", "old");
		Notes notes = this.context.getBean(Notes.Around.class);
		EntityManagerFactory factory = this.context.getBean(EntityManagerFactory.class);
		EntityManager entityManager = factory.createEntityManager();
		TransactionSynchronizationManager.bindResource(factory, new EntityManagerHolder(entityManager));
		try {
			assertThat(notes.load("a")).isPresent();
			CompletableFuture.runAsync(() -> notes.write(notes.find("a").orElseThrow().text("new"))).join();
			assertThat(text(notes, "a")).as("what the persistence context has").isEqualTo("old");
		}
		finally {
			TransactionSynchronizationManager.unbindResource(factory);
			entityManager.close();
		}
		assertThat(text(notes, "a")).isEqualTo("new");
	}

	@Test
	@DisplayName("J3: the cache holds the new version after every write, and the stored one after a flush")
	void cachedVersionIsThatOfTheRow() {
		this.through.write(new Note("a", "one"));
		this.back.write(new Note("b", "one"));
		flush(this.back);
		for (int i = 1; i <= 3; i++) {
			this.through.write(this.through.find("a").orElseThrow().text("v" + i));
			this.back.write(this.back.find("b").orElseThrow().text("v" + i));
			flush(this.back);
			assertThat(version("a")).isEqualTo(i);
			assertThat(version("b")).isEqualTo(i);
			assertThat(this.through.find("a")).map(Note::getVersion).contains(i);
			assertThat(this.back.find("b")).map(Note::getVersion).contains(i);
		}
		assertThat(cache(this.back).deadLetters()).isEmpty();
	}

	@Test
	@DisplayName("J3: three puts of one instance over three flushes do not conflict with themselves")
	void flushesOfOneInstanceDoNotConflict() {
		insert("a", "old");
		Note note = this.back.find("a").orElseThrow();
		for (int i = 1; i <= 3; i++) {
			this.back.write(note.text("v" + i));
			assertThat(flush(this.back)).isEqualTo(new FlushReport(1, 0, 0));
			assertThat(row("a")).isEqualTo("v" + i);
		}
	}

	@Test
	@DisplayName("J3: the instance that was written through can be written again")
	void writtenInstanceCanBeWrittenAgain() {
		insert("a", "old");
		this.policies().filter((notes) -> !isDeferred(notes)).forEach((notes) -> {
			Note note = notes.find("a").orElseThrow();
			notes.write(Objects.requireNonNull(notes.write(note.text("one"))).text("two"));
			assertThat(row("a")).isEqualTo("two");
			int version = version("a");
			this.transaction.executeWithoutResult((status) -> {
				notes.write(note.text("three"));
				notes.write(note.text("four"));
				status.setRollbackOnly();
			});
			assertThat(note.getVersion()).isEqualTo(version);
			notes.write(note.text("five"));
			assertThat(row("a")).isEqualTo("five");
		});
	}

	@Test
	@DisplayName("J3: what is written through after a pending removal is stored in its place")
	void writeThroughAfterAPendingRemovalReplacesTheRow() {
		PolicyCache back = cache(this.back);
		PolicyCache through = back.withPolicy(WritePolicy.WRITE_THROUGH);
		insert("a", "old");
		back.remove("a");
		through.put("a", new Note("a", "new"));
		assertThat(row("a")).isEqualTo("new");
		this.transaction.executeWithoutResult((status) -> {
			back.remove("a");
			through.put("a", new Note("a", "newer"));
		});
		assertThat(back.flush(TIMEOUT).failed()).isZero();
		assertThat(row("a")).isEqualTo("newer");
		assertThat(back.get("a", Note.class)).extracting(Note::getText).isEqualTo("newer");
	}

	@Test
	@DisplayName("J3: a change by another writer is a conflict, and is not overwritten")
	void externalChangeIsAConflict() {
		insert("a", "old");
		this.back.write(this.back.find("a").orElseThrow().text("mine"));
		this.jdbc.update("update note set text = 'theirs', version = version + 1 where id = 'a'");
		assertThat(flush(this.back)).isEqualTo(new FlushReport(0, 1, 0));
		assertThat(row("a")).isEqualTo("theirs");
		assertThat(text(this.back, "a")).isEqualTo("theirs");
		assertThat(cache(this.back).deadLetters()).singleElement().satisfies((letter) -> {
			assertThat(letter.key()).isEqualTo("a");
			assertThat(letter.reason()).isInstanceOf(OptimisticLockingFailureException.class);
		});
		Note stale = this.through.find("a").orElseThrow().text("stale");
		this.jdbc.update("update note set version = version + 1 where id = 'a'");
		assertThatExceptionOfType(OptimisticLockingFailureException.class).isThrownBy(() -> this.through.write(stale));
	}

	@Test
	@DisplayName("J3: a new instance is inserted again after another writer deleted the row")
	void newInstanceIsInsertedAgainAfterAnExternalDelete() {
		this.back.write(new Note("a", "one"));
		flush(this.back);
		this.back.write(this.back.find("a").orElseThrow().text("two"));
		flush(this.back);
		this.jdbc.update("delete from note where id = 'a'");
		this.back.write(new Note("a", "three"));
		assertThat(flush(this.back)).isEqualTo(new FlushReport(1, 0, 0));
		assertThat(row("a")).isEqualTo("three");
		this.jdbc.update("delete from note where id = 'a'");
		this.back.write(this.back.find("a").orElseThrow().text("four"));
		assertThat(flush(this.back)).isEqualTo(new FlushReport(0, 1, 0));
		assertThat(row("a")).isNull();
	}

	@Test
	@DisplayName("F1, F2: a refused row becomes a dead letter, its neighbours are stored")
	void refusedRowBecomesADeadLetter() {
		for (int i = 0; i < 20; i++) {
			this.back.write(new Note("n" + i, (i == 7) ? "x".repeat(30) : "fine"));
		}
		assertThat(flush(this.back)).isEqualTo(new FlushReport(19, 1, 0));
		assertThat(text(this.back, "n7")).isNull();
		PolicyCache cache = cache(this.back);
		assertThat(cache.deadLetters()).hasSize(1);
		Note fixed = new Note("n7", "fixed");
		this.back.write(fixed);
		assertThat(cache.deadLetters()).as("superseded").isEmpty();
		assertThat(flush(this.back).written()).isOne();
		assertThat(row("n7")).isEqualTo("fixed");
	}

	@Test
	@DisplayName("J2: an uninitialised lazy collection survives caching and flushing")
	void lazyCollectionSurvives() {
		Note note = new Note("a", "one");
		note.getRemarks().add(new Remark("first"));
		note.getRemarks().add(new Remark("second"));
		this.through.write(note);
		cache(this.through).clear();
		this.through.write(this.through.find("a").orElseThrow().text("two"));
		this.back.write(this.back.find("a").orElseThrow().text("three"));
		flush(this.back);
		this.back.write(this.back.find("a").orElseThrow().text("four"));
		flush(this.back);
		assertThat(row("a")).isEqualTo("four");
		assertThat(this.jdbc.queryForObject("select count(*) from note_remarks", Integer.class)).isEqualTo(2);
	}

	@Test
	@DisplayName("WRITE of a new entity whose id the database generates: inserted now by every policy")
	void generatedIdIsInsertedNow() {
		EndToEndApplication.Remarks remarks = this.context.getBean(EndToEndApplication.Remarks.class);
		Remark through = remarks.writeThrough(new Remark("through"));
		Remark deferred = remarks.writeBack(new Remark("back"));
		Remark around = remarks.writeAround(new Remark("around"));
		assertThat(this.jdbc.queryForList("select text from remark", String.class)).hasSize(3);
		assertThat(cache("remarks-through").get(Objects.requireNonNull(through.getId()), Remark.class))
			.extracting(Remark::getText)
			.isEqualTo("through");
		assertThat(around.getId()).isNotNull();
		remarks.writeBack(deferred.text("later"));
		assertThat(cache("remarks-back").pendingWrites()).isOne();
		cache("remarks-back").flush(TIMEOUT);
		assertThat(this.jdbc.queryForObject("select text from remark where id = ?", String.class, deferred.getId()))
			.isEqualTo("later");
		this.transaction.executeWithoutResult((status) -> {
			remarks.writeBack(new Remark("rolled back"));
			status.setRollbackOnly();
		});
		assertThat(this.jdbc.queryForList("select text from remark", String.class)).hasSize(3);
	}

	@ParameterizedTest
	@MethodSource("policies")
	@DisplayName("J1: changing an argument after the write or a result after the read changes nothing")
	void valuesAreIsolated(Notes notes) {
		Note note = new Note("a", "written");
		notes.write(note);
		note.text("changed");
		Note read = notes.find("a").orElseThrow();
		assertThat(read.getText()).isEqualTo("written");
		read.text("changed");
		assertThat(text(notes, "a")).isEqualTo("written");
		flush(notes);
		assertThat(row("a")).isEqualTo("written");
	}

	@Test
	@DisplayName("J3: a managed entity that is written back does not conflict with its own transaction")
	void managedEntityCanBeWrittenBack() {
		insert("a", "old");
		NoteRepository repository = this.context.getBean(NoteRepository.class);
		this.transaction.executeWithoutResult((status) -> {
			Note managed = repository.findById("a").orElseThrow();
			this.back.write(managed.text("new"));
		});
		assertThat(flush(this.back).failed()).isZero();
		assertThat(row("a")).isEqualTo("new");
		assertThat(this.back.find("a")).map(Note::getVersion).contains(version("a"));
	}

	@Test
	@DisplayName("R2: with overlapping writers of one key, the entry equals the row or is absent")
	void concurrentWritersLeaveEntryAndRowEqual() {
		PolicyCache cache = cache(this.through);
		for (int round = 0; round < 20; round++) {
			String id = "k" + round;
			List<CompletableFuture<Void>> writers = new ArrayList<>();
			for (int w = 0; w < 6; w++) {
				String text = "w" + w;
				writers.add(CompletableFuture.runAsync(() -> {
					try {
						this.through.write(this.through.find(id).orElseGet(() -> new Note(id, "")).text(text));
					}
					catch (OptimisticLockingFailureException | DataIntegrityViolationException ex) {
						// Another writer was first
					}
				}));
			}
			writers.forEach(CompletableFuture::join);
			Note cached = cache.get(id, Note.class);
			assertThat(cached).isNotNull();
			assertThat(cached.getText()).isEqualTo(row(id));
			assertThat(cached.getVersion()).isEqualTo(version(id));
		}
	}

	@Test
	@DisplayName("W1: a write-through on a write-back cache supersedes what is pending")
	void writeThroughSupersedesPendingWrites() {
		this.back.write(new Note("a", "pending"));
		cache(this.back).withPolicy(WritePolicy.WRITE_THROUGH).put("a", new Note("a", "now"));
		assertThat(row("a")).isEqualTo("now");
		assertThat(flush(this.back)).isEqualTo(FlushReport.EMPTY);
		assertThat(row("a")).isEqualTo("now");
	}

	@Test
	@DisplayName("W2, S4: closing the context drains; stop and start work again")
	void closingDrains() {
		ConfigurableApplicationContext other = EndToEndApplication.start(url());
		Notes.Back notes = other.getBean(Notes.Back.class);
		for (int i = 0; i < 1000; i++) {
			notes.write(new Note("drain" + i, "v"));
		}
		other.stop();
		assertThat(this.jdbc.queryForObject("select count(*) from note", Integer.class)).isEqualTo(1000);
		notes.write(new Note("stopped", "through"));
		assertThat(row("stopped")).isEqualTo("through");
		other.start();
		notes.write(new Note("again", "v"));
		assertThat(row("again")).isNull();
		other.close();
		assertThat(row("again")).isEqualTo("v");
	}

}
