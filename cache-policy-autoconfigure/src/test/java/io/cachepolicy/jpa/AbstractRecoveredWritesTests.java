package io.cachepolicy.jpa;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.cachepolicy.jpa.copy.EntityCopier;
import io.cachepolicy.jpa.domain.Book;
import io.cachepolicy.jpa.domain.JpaTestContext;
import io.cachepolicy.jpa.row.Rows;
import io.cachepolicy.jpa.row.Rows.Row;
import io.cachepolicy.jpa.row.RowsContext;
import io.cachepolicy.settings.StoreMode;
import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.StoreVersions.Lineage;
import io.cachepolicy.testsupport.Specs;
import io.cachepolicy.testsupport.TestedStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.OptimisticLockingFailureException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for what a store takes over from an earlier life of the application: the lineage
 * of versions, and writes of which nobody knows whether they were stored.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractRecoveredWritesTests {

	private static final AtomicLong ids = new AtomicLong(1000);

	private JpaTestContext context;

	abstract String createDatabase();

	@BeforeAll
	void start() {
		this.context = new JpaTestContext(createDatabase(), RowsContext.class);
	}

	@AfterAll
	void stop() {
		this.context.close();
	}

	/**
	 * Return the store of a process that has just started.
	 * @param entity the entity
	 * @param mode how batches are written
	 * @return a store that knows nothing
	 */
	private TestedStore store(Class<?> entity, StoreMode mode) {
		BackingStore store = new JpaBackingStoreResolver(this.context.getContext())
			.resolve(Specs.of("rows").storeMode(mode).build(), entity);
		assertThat(store).isNotNull();
		return new TestedStore(store);
	}

	static Stream<Arguments> versioned() {
		return Stream.of(StoreMode.values())
			.flatMap((mode) -> Stream
				.of(Rows.IntVersion.class, Rows.IntegerVersion.class, Rows.LongVersion.class, Rows.InstantVersion.class)
				.map((entity) -> Arguments.of(entity, mode)));
	}

	private static Row create(Class<? extends Row> entity) throws ReflectiveOperationException {
		Row row = entity.getDeclaredConstructor().newInstance();
		row.id = ids.incrementAndGet();
		row.name = "new";
		return row;
	}

	@SuppressWarnings("unchecked")
	private <T> T copy(T value) {
		return (T) new EntityCopier(() -> Stream.of(this.context.getEntityManagerFactory())).copy(value);
	}

	private Row flush(TestedStore store, Row row, String name) {
		row.name = name;
		return (Row) store.flushAll(Map.of(row.id, row)).get(row.id);
	}

	private String nameOf(TestedStore store, Row row) {
		return ((Row) store.load(row.id)).name;
	}

	private void changeByOther(Row row, String column, Object value) {
		this.context.jdbc()
			.update("update %s set name = 'other', %s = ? where id = ?".formatted(table(row), column), value, row.id);
	}

	private static String table(Row row) {
		return row.getClass().getSimpleName().replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
	}

	@ParameterizedTest
	@MethodSource("versioned")
	@DisplayName("D3: an instance that the flushes of the last process outdated is no conflict for the next one")
	void lineageIsTakenOver(Class<? extends Row> entity, StoreMode mode) throws Exception {
		TestedStore died = store(entity, mode);
		Row first = flush(died, create(entity), "first");
		flush(died, copy(first), "second");
		flush(died, copy(first), "third");
		Lineage lineage = died.store().versions().export(first.id);
		assertThat(lineage).isNotNull();
		TestedStore next = store(entity, mode);
		next.store().versions().seed(first.id, lineage);
		assertThat(next.store().versions().export(first.id)).isEqualTo(lineage);
		flush(next, copy(first), "fourth");
		assertThat(nameOf(next, first)).isEqualTo("fourth");
		TestedStore unseeded = store(entity, mode);
		assertThatExceptionOfType(OptimisticLockingFailureException.class)
			.isThrownBy(() -> flush(unseeded, copy(first), "fifth"));
	}

	static Stream<Arguments> changedTypes() {
		return Stream.of(StoreMode.values())
			.flatMap((mode) -> Stream.of(
					Arguments.of(Rows.LongVersion.class, mode,
							(UnaryOperator<Object>) (version) -> (int) (long) version),
					Arguments.of(Rows.IntVersion.class, mode,
							(UnaryOperator<Object>) (version) -> (long) (int) version),
					Arguments.of(Rows.IntegerVersion.class, mode,
							(UnaryOperator<Object>) (version) -> (short) (int) version)));
	}

	private static Lineage convert(Lineage lineage, UnaryOperator<Object> conversion) {
		return new Lineage(convert(lineage.base(), conversion), convert(lineage.current(), conversion),
				convert(lineage.former(), conversion), convert(lineage.saved(), conversion), lineage.gone());
	}

	private static Object convert(Object version, UnaryOperator<Object> conversion) {
		return (version != null) ? conversion.apply(version) : null;
	}

	@ParameterizedTest
	@MethodSource("changedTypes")
	@DisplayName("D3, D5: versions that were of another type in the last version of the application are still the own ones")
	void lineageOfAnotherTypeIsTakenOver(Class<? extends Row> entity, StoreMode mode,
			UnaryOperator<Object> typeOfBefore) throws Exception {
		TestedStore died = store(entity, mode);
		Row first = flush(died, create(entity), "first");
		flush(died, copy(first), "second");
		Lineage lineage = died.store().versions().export(first.id);
		assertThat(lineage).isNotNull();
		TestedStore next = store(entity, mode);
		next.store().versions().seed(first.id, convert(lineage, typeOfBefore));
		assertThat(next.store().versions().export(first.id)).isEqualTo(lineage);
		flush(next, copy(first), "third");
		assertThat(nameOf(next, first)).isEqualTo("third");
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("D3, D5: versions that mean nothing any more cost a conflict, and are no failure")
	void lineageThatMeansNothingIsLeftOut(StoreMode mode) throws Exception {
		TestedStore died = store(Rows.IntVersion.class, mode);
		Row first = flush(died, create(Rows.IntVersion.class), "first");
		flush(died, copy(first), "second");
		for (Object version : new Object[] { Instant.EPOCH, Long.MAX_VALUE, "text" }) {
			TestedStore next = store(Rows.IntVersion.class, mode);
			next.store().versions().seed(first.id, new Lineage(null, version, null, null, false));
			assertThat(next.store().versions().export(first.id)).isNull();
			assertThatExceptionOfType(OptimisticLockingFailureException.class)
				.isThrownBy(() -> flush(next, copy(first), "third"));
		}
		TestedStore unversioned = store(Rows.Plain.class, mode);
		Row plain = flush(unversioned, create(Rows.Plain.class), "first");
		TestedStore next = store(Rows.Plain.class, mode);
		next.store().versions().seed(plain.id, new Lineage(1, 2, null, null, false));
		flush(next, copy(plain), "second");
		assertThat(nameOf(next, plain)).isEqualTo("second");
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("D2, D5: a write of an existing row that was recorded before the entity had a version is not stored over it")
	void writeFromBeforeTheVersionCame(StoreMode mode) throws Exception {
		TestedStore other = store(Rows.IntegerVersion.class, mode);
		Row row = flush(other, create(Rows.IntegerVersion.class), "other");
		Row pending = create(Rows.IntegerVersion.class);
		pending.id = row.id;
		pending.name = "pending";
		TestedStore next = store(Rows.IntegerVersion.class, mode);
		next.store().versions().unanswered(Map.of(pending.id, pending));
		assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> flush(next, copy(pending), "pending"));
		assertThat(nameOf(next, row)).isEqualTo("other");
	}

	@ParameterizedTest
	@EnumSource
	void lineageIsExportedPerRowAndNeverReplaced(StoreMode mode) throws Exception {
		TestedStore store = store(Rows.LongVersion.class, mode);
		Row row = flush(store, create(Rows.LongVersion.class), "first");
		Lineage lineage = store.store().versions().export(row.id);
		assertThat(lineage).isNotNull();
		store.store().versions().seed(row.id, new Lineage(7L, 9L, null, null, false));
		assertThat(store.store().versions().export(row.id)).isEqualTo(lineage);
		assertThat(store.store().versions().export(-1L)).isNull();
	}

	@ParameterizedTest
	@MethodSource("versioned")
	@DisplayName("D2: a recovered write that the last process had stored already is no conflict")
	void recoveredWriteThatWasStoredIsStoredOnceMore(Class<? extends Row> entity, StoreMode mode) throws Exception {
		TestedStore died = store(entity, mode);
		Row base = flush(died, create(entity), "base");
		Row pending = copy(base);
		pending.name = "pending";
		died.flushAll(Map.of(pending.id, copy(pending)));
		TestedStore next = store(entity, mode);
		next.store().versions().unanswered(Map.of(pending.id, pending));
		flush(next, copy(pending), "pending");
		flush(next, copy(pending), "later");
		assertThat(nameOf(next, base)).isEqualTo("later");
	}

	@ParameterizedTest
	@MethodSource("versioned")
	void recoveredInsertThatWasStoredIsNoConflict(Class<? extends Row> entity, StoreMode mode) throws Exception {
		TestedStore died = store(entity, mode);
		Row pending = create(entity);
		died.flushAll(Map.of(pending.id, copy(pending)));
		TestedStore next = store(entity, mode);
		next.store().versions().unanswered(Map.of(pending.id, pending));
		flush(next, copy(pending), "new");
		flush(next, copy(pending), "later");
		assertThat(nameOf(next, pending)).isEqualTo("later");
	}

	@ParameterizedTest
	@MethodSource("versioned")
	@DisplayName("D2: a recovered write is never stored over what someone else wrote")
	void recoveredWriteIsAConflictIfSomeoneElseWrote(Class<? extends Row> entity, StoreMode mode) throws Exception {
		BiConsumer<TestedStore, Row> check = (store, pending) -> {
			store.store().versions().unanswered(Map.of(pending.id, pending));
			// An insert is a duplicate, an update a conflict
			assertThatExceptionOfType(DataAccessException.class)
				.isThrownBy(() -> flush(store, copy(pending), "pending"));
			assertThat(nameOf(store, pending)).isEqualTo("other");
		};
		Row changed = copy(flush(store(entity, mode), create(entity), "base"));
		changed.name = "pending";
		changeByOther(changed, "version",
				(entity == Rows.InstantVersion.class) ? Timestamp.from(Instant.now().plusSeconds(5)) : 1);
		check.accept(store(entity, mode), changed);
		Row inserted = create(entity);
		flush(store(entity, mode), copy(inserted), "other");
		inserted.name = "pending";
		if (entity != Rows.IntVersion.class) {
			check.accept(store(entity, mode), inserted);
		}
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "BULK")
	void recoveredInsertOfAnEntityThatTellsItselfWhatIsNewIsStored(StoreMode mode) {
		JpaTestContext books = new JpaTestContext(createDatabase());
		try {
			BackingStore died = new JpaBackingStoreResolver(books.getContext())
				.resolve(Specs.of("books").storeMode(mode).build(), Book.class);
			BackingStore next = new JpaBackingStoreResolver(books.getContext())
				.resolve(Specs.of("books").storeMode(mode).build(), Book.class);
			assertThat(died).isNotNull();
			assertThat(next).isNotNull();
			new TestedStore(died).flushAll(Map.of("isbn", new Book("isbn", "title")));
			next.versions().unanswered(Map.of("isbn", new Book("isbn", "title"), "removed", Absent.VALUE));
			new TestedStore(next).flushAll(Map.of("isbn", new Book("isbn", "title")));
			assertThat(next.load("isbn")).isNotNull();
		}
		finally {
			books.close();
		}
	}

}
