package io.cachepolicy.jpa;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

import io.cachepolicy.jpa.domain.Book;
import io.cachepolicy.jpa.domain.Country;
import io.cachepolicy.jpa.domain.JpaTestContext;
import io.cachepolicy.jpa.domain.Product;
import io.cachepolicy.jpa.domain.Seat;
import io.cachepolicy.jpa.domain.Setting;
import io.cachepolicy.jpa.graph.Graph;
import io.cachepolicy.jpa.row.Rows;
import io.cachepolicy.jpa.row.Rows.Row;
import io.cachepolicy.jpa.row.RowsContext;
import io.cachepolicy.settings.StoreMode;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.testsupport.Specs;
import io.cachepolicy.testsupport.TestedStore;
import org.hibernate.SessionFactory;
import org.hibernate.persister.entity.EntityPersister;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.repository.support.Repositories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for {@link BatchMode}: what {@link StoreMode#AUTO} chooses, and that it stores
 * what {@code repository.save} does (J3, J4, J6).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractBatchModeTests {

	private static final AtomicLong ids = new AtomicLong(1000);

	private JpaTestContext context;

	private Repositories repositories;

	abstract String createDatabase();

	@BeforeAll
	void start() {
		this.context = new JpaTestContext(createDatabase(), RowsContext.class);
		this.repositories = new Repositories(this.context.getContext());
	}

	@AfterAll
	void stop() {
		this.context.close();
	}

	private TestedStore store(Class<?> entity, StoreMode mode) {
		BackingStore store = new JpaBackingStoreResolver(this.context.getContext())
			.resolve(Specs.of("rows").storeMode(mode).build(), entity);
		assertThat(store).isNotNull();
		return new TestedStore(store);
	}

	private TestedStore store(Class<?> entity) {
		return store(entity, StoreMode.AUTO);
	}

	@SuppressWarnings("unchecked")
	private <T> JpaRepository<T, Object> repository(Class<?> entity) {
		return (JpaRepository<T, Object>) this.repositories.getRepositoryFor(entity).orElseThrow();
	}

	private BatchMode mode(Class<?> entity, StoreMode mode) {
		return ((RepositoryStore) store(entity, mode).store()).batchMode();
	}

	private static <T extends Row> T named(T row, String name) {
		row.id = ids.incrementAndGet();
		row.name = name;
		return row;
	}

	@Test
	void autoUpsertsWhenThereIsOnlyTheRow() {
		assertThat(List.of(Rows.Plain.class, Country.class, Graph.Node.class)).allSatisfy((entity) -> {
			assertThat(mode(entity, StoreMode.AUTO)).isEqualTo(upsert());
			assertThat(mode(entity, StoreMode.BULK)).isEqualTo(upsert());
			assertThat(mode(entity, StoreMode.MERGE)).isEqualTo(BatchMode.MERGE);
		});
	}

	private BatchMode upsert() {
		return (hasUpsert() && MappingFeatures.isEveryTypeUpsertable()) ? BatchMode.UPSERT : BatchMode.INSERT_OR_UPDATE;
	}

	/**
	 * Return whether Hibernate has a statement for the database that inserts or updates,
	 * and can be batched.
	 */
	boolean hasUpsert() {
		return true;
	}

	@Test
	void autoInsertsOrUpdatesWhenUpsertWouldSkipSomething() {
		assertThat(List.of(Rows.IntVersion.class, Rows.InstantVersion.class, Setting.class, Rows.GeneratedId.class,
				Rows.Callbacks.class, Rows.VersionedCallbacks.class, Rows.Audited.class, Rows.Timestamped.class,
				Rows.Part.class, Rows.InsertedOnce.class, Rows.CustomSql.class, Seat.class))
			.allSatisfy((entity) -> {
				assertThat(mode(entity, StoreMode.AUTO)).isEqualTo(BatchMode.INSERT_OR_UPDATE);
				assertThat(mode(entity, StoreMode.BULK)).isEqualTo(BatchMode.INSERT_OR_UPDATE);
				assertThat(mode(entity, StoreMode.MERGE)).isEqualTo(BatchMode.MERGE);
			});
	}

	@Test
	void autoMergesWhenAnythingElseWouldBeSkipped() {
		assertThat(List.of(Product.class, Book.class, Rows.WithCollection.class, Rows.WithCascade.class,
				Rows.Base.class, Rows.TwoTables.class, Rows.Dynamic.class, Rows.DatabaseGenerated.class,
				Rows.Unchangeable.class, Rows.Natural.class, Rows.Unlocked.class, Rows.Restricted.class,
				Rows.SoftDeleted.class, Rows.Loaded.class, Rows.Aggregate.class, Rows.CustomSave.class))
			.allSatisfy((entity) -> assertThat(mode(entity, StoreMode.AUTO)).isEqualTo(BatchMode.MERGE));
	}

	// What is stored

	@Test
	void autoStoresPlainRowsAsSaveDoes() {
		compare(Rows.Plain.class, Rows.Plain::new, (row, text) -> {
			row.name = text;
			row.color = text.equals("new") ? Rows.Color.RED : null;
			row.ordinal = Rows.Color.GREEN;
			row.converted = text;
			row.size = new Rows.Size();
			row.size.width = text.length();
			row.words = new String[] { text, null, "b" };
			row.numbers = new int[] { 1, text.length() };
			row.json = Map.of("key", text);
			row.amount = new BigDecimal("12.30");
			row.bytes = text.getBytes();
			row.uuid = new UUID(1, text.length());
			row.instant = Instant.EPOCH.plus(text.length(), ChronoUnit.DAYS);
			row.born = LocalDate.EPOCH;
			row.flag = text.equals("new");
		});
	}

	@Test
	void autoStoresVersionedRowsAsSaveDoes() {
		compare(Rows.IntVersion.class, Rows.IntVersion::new, (row, text) -> row.name = text);
		compare(Rows.IntegerVersion.class, Rows.IntegerVersion::new, (row, text) -> row.name = text);
		compare(Rows.LongVersion.class, Rows.LongVersion::new, (row, text) -> row.name = text);
	}

	@Test
	void autoRunsCallbacksAsSaveDoes() {
		compare(Rows.Callbacks.class, Rows.Callbacks::new, (row, text) -> row.name = text);
		compare(Rows.VersionedCallbacks.class, Rows.VersionedCallbacks::new, (row, text) -> row.name = text);
	}

	@Test
	void autoAuditsAsSaveDoes() {
		compare(Rows.Audited.class, Rows.Audited::new, (row, text) -> row.name = text, "created_at", "changed_at");
		Rows.Audited row = named(new Rows.Audited(), "new");
		TestedStore store = store(Rows.Audited.class);
		Rows.Audited inserted = (Rows.Audited) store.flushAll(Map.of(row.id, row)).get(row.id);
		assertThat(inserted.createdBy).isEqualTo("auditor");
		assertThat(inserted.changedAt).isEqualTo(inserted.createdAt);
		assertThat(row.createdAt).as("given").isNull();
		inserted.name = "changed";
		Rows.Audited updated = (Rows.Audited) store.flushAll(Map.of(row.id, inserted)).get(row.id);
		assertThat(updated.changedAt).isAfter(inserted.createdAt);
		Rows.Audited loaded = (Rows.Audited) store.load(row.id);
		assertThat(loaded.createdAt).isCloseTo(inserted.createdAt, within(1, ChronoUnit.MILLIS));
		assertThat(loaded.changedAt).isCloseTo(updated.changedAt, within(1, ChronoUnit.MILLIS));
	}

	@Test
	void autoGeneratesTimestampsAsSaveDoes() {
		compare(Rows.Timestamped.class, Rows.Timestamped::new, (row, text) -> row.name = text, "created_at",
				"changed_at");
		Rows.Timestamped row = named(new Rows.Timestamped(), "new");
		TestedStore store = store(Rows.Timestamped.class);
		Rows.Timestamped inserted = (Rows.Timestamped) store.flushAll(Map.of(row.id, row)).get(row.id);
		assertThat(inserted.createdAt).isNotNull();
		Rows.Timestamped updated = (Rows.Timestamped) store.flushAll(Map.of(row.id, inserted)).get(row.id);
		assertThat(updated.createdAt).isEqualTo(inserted.createdAt);
		assertThat(updated.changedAt).isAfter(inserted.changedAt);
	}

	@Test
	void autoStoresColumnsAsSaveDoesWhenTheyAreInsertedOnce() {
		compare(Rows.InsertedOnce.class, Rows.InsertedOnce::new, (row, text) -> {
			row.name = text;
			row.origin = text;
		});
		compare(Rows.CustomSql.class, Rows.CustomSql::new, (row, text) -> row.name = text);
	}

	@Test
	void autoStoresReferencesWithoutAskingForThem() {
		Rows.IntegerVersion owner = named(new Rows.IntegerVersion(), "owner");
		Rows.Plain plain = named(new Rows.Plain(), "plain");
		repository(Rows.IntegerVersion.class).save(owner);
		repository(Rows.Plain.class).save(plain);
		Map<Object, Object> parts = new LinkedHashMap<>();
		for (int i = 0; i < 10; i++) {
			Rows.Part part = named(new Rows.Part(), "part");
			part.owner = owner;
			part.plain = plain;
			parts.put(part.id, part);
		}
		this.context.clearStatistics();
		store(Rows.Part.class).flushAll(parts);
		assertThat(statements()).isEqualTo(1);
		assertThat(this.context.jdbc()
			.queryForObject("select count(*) from part_of_row where owner_id = ? and plain_id = ?", Long.class,
					owner.id, plain.id))
			.isEqualTo(10);
	}

	private long statements() {
		return this.context.getEntityManagerFactory()
			.unwrap(SessionFactory.class)
			.getStatistics()
			.getPrepareStatementCount();
	}

	private <T extends Row> void compare(Class<T> entity, Supplier<T> constructor, BiConsumer<T, String> change,
			String... ignored) {
		Outcome expected = outcome(entity, constructor, change, (value) -> repository(entity).save(value));
		TestedStore store = store(entity);
		Outcome single = outcome(entity, constructor, change, (value) -> flush(store, value));
		assertThat(single.ignoring(ignored)).isEqualTo(expected.ignoring(ignored));
		Outcome batch = outcome(entity, constructor, change, (value) -> {
			T other = named(constructor.get(), "other");
			return flush(store, value, other);
		});
		assertThat(batch.ignoring(ignored).rows()).isEqualTo(expected.ignoring(ignored).rows());
	}

	@SuppressWarnings("unchecked")
	private static <T extends Row> T flush(TestedStore store, T value, Row... others) {
		Map<Object, Object> entries = new LinkedHashMap<>();
		entries.put(value.id, value);
		Arrays.stream(others).forEach((other) -> entries.put(other.id, other));
		return (T) store.flushAll(entries).get(value.id);
	}

	private <T extends Row> Outcome outcome(Class<T> entity, Supplier<T> constructor, BiConsumer<T, String> change,
			Function<T, T> save) {
		Rows.Observed.calls.clear();
		List<Map<String, Object>> rows = new ArrayList<>();
		T value = named(constructor.get(), "new");
		change.accept(value, "new");
		T stored = save.apply(value);
		rows.add(row(entity, value.id));
		change.accept(stored, "changed");
		save.apply(stored);
		rows.add(row(entity, value.id));
		return new Outcome(rows, List.copyOf(Rows.Observed.calls));
	}

	private Map<String, Object> row(Class<?> entity, Long id) {
		EntityPersister persister = EntityManagerFactories.findPersister(this.context.getEntityManagerFactory(),
				entity);
		assertThat(persister).isNotNull();
		Map<String, Object> row = this.context.jdbc()
			.queryForMap("select * from %s where id = ?".formatted(persister.getTableName()), id);
		row.remove("id");
		row.replaceAll((name, value) -> comparable(value));
		return row;
	}

	private static Object comparable(Object value) {
		try {
			return (value instanceof Array array) ? Arrays.deepToString((Object[]) array.getArray())
					: (value instanceof byte[] bytes) ? Arrays.toString(bytes) : value;
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	// Versions

	@Test
	void versionIsHandedBackAndCounted() {
		Rows.IntVersion primitive = named(new Rows.IntVersion(), "0");
		Rows.InstantVersion instant = named(new Rows.InstantVersion(), "0");
		for (StoreMode mode : StoreMode.values()) {
			TestedStore primitives = store(Rows.IntVersion.class, mode);
			TestedStore instants = store(Rows.InstantVersion.class, mode);
			primitive = named(new Rows.IntVersion(), "0");
			instant = named(new Rows.InstantVersion(), "0");
			for (int i = 0; i < 3; i++) {
				primitive.name = mode + " " + i;
				instant.name = mode + " " + i;
				Rows.IntVersion storedPrimitive = flush(primitives, primitive);
				Rows.InstantVersion storedInstant = flush(instants, instant);
				assertThat(storedPrimitive.version).isEqualTo(i);
				assertThat(storedInstant.version).isNotNull();
				assertThat(instant.version).as("given").isNull();
			}
			assertThat(((Rows.IntVersion) primitives.load(primitive.id)).name).isEqualTo(mode + " 2");
			assertThat(((Rows.InstantVersion) instants.load(instant.id)).name).isEqualTo(mode + " 2");
		}
	}

	@Test
	void staleVersionIsAConflictInEveryMode() {
		for (StoreMode mode : StoreMode.values()) {
			staleIsAConflict(mode, Rows.IntVersion.class, named(new Rows.IntVersion(), "row"));
			staleIsAConflict(mode, Rows.LongVersion.class, named(new Rows.LongVersion(), "row"));
			staleIsAConflict(mode, Rows.VersionedCallbacks.class, named(new Rows.VersionedCallbacks(), "row"));
		}
	}

	private <T extends Row> void staleIsAConflict(StoreMode mode, Class<T> entity, T value) {
		TestedStore store = store(entity, mode);
		T stored = flush(store, value);
		String table = EntityManagerFactories.findPersister(this.context.getEntityManagerFactory(), entity)
			.getTableName();
		this.context.jdbc().update("update %s set version = version + 7 where id = ?".formatted(table), value.id);
		stored.name = "stale";
		assertThatExceptionOfType(OptimisticLockingFailureException.class).isThrownBy(() -> flush(store, stored));
		this.context.jdbc().update("delete from %s where id = ?".formatted(table), value.id);
		if (entity != Rows.IntVersion.class) {
			assertThatExceptionOfType(OptimisticLockingFailureException.class).isThrownBy(() -> flush(store, stored));
		}
	}

	@Test
	void missingRowOfGeneratedIdIsAConflictInEveryMode() {
		for (StoreMode mode : StoreMode.values()) {
			Rows.GeneratedId row = new Rows.GeneratedId();
			TestedStore store = store(Rows.GeneratedId.class, mode);
			Rows.GeneratedId stored = (Rows.GeneratedId) store.save(null, row);
			stored.name = "changed";
			store.flushAll(Map.of(stored.id, stored));
			assertThat(((Rows.GeneratedId) store.load(stored.id)).name).isEqualTo("changed");
			repository(Rows.GeneratedId.class).deleteById(stored.id);
			assertThatExceptionOfType(OptimisticLockingFailureException.class)
				.isThrownBy(() -> store.flushAll(Map.of(stored.id, stored)));
		}
	}

	// Statements

	@Test
	void batchIsAHandfulOfStatementsInEveryMode() {
		for (StoreMode mode : StoreMode.values()) {
			boolean merge = mode == StoreMode.MERGE;
			boolean query = merge || upsert() != BatchMode.UPSERT;
			assertStatements(mode, Rows.Plain.class, Rows.Plain::new, query ? 2 : 1, query ? 2 : 1, query ? 3 : 1);
			assertStatements(mode, Rows.LongVersion.class, Rows.LongVersion::new, merge ? 2 : 1, merge ? 2 : 1,
					merge ? 3 : 2);
			assertStatements(mode, Rows.VersionedCallbacks.class, Rows.VersionedCallbacks::new, merge ? 2 : 1,
					merge ? 2 : 1, merge ? 3 : 2);
			assertStatements(mode, Rows.Callbacks.class, Rows.Callbacks::new, 2, 2, 3);
		}
	}

	private <T extends Row> void assertStatements(StoreMode mode, Class<T> entity, Supplier<T> constructor, int inserts,
			int updates, int mixed) {
		TestedStore store = store(entity, mode);
		Map<Object, Object> rows = rows(constructor);
		assertThat(count(() -> rows.putAll(store.flushAll(rows)))).as(mode + " inserts of " + entity)
			.isEqualTo(inserts);
		rows.values().forEach((row) -> ((Row) row).name = "changed");
		assertThat(count(() -> rows.putAll(store.flushAll(rows)))).as(mode + " updates of " + entity)
			.isEqualTo(updates);
		Map<Object, Object> both = rows(constructor);
		rows.values().forEach((row) -> ((Row) row).name = "again");
		both.putAll(rows);
		assertThat(count(() -> store.flushAll(both))).as(mode + " both of " + entity).isEqualTo(mixed);
		assertThat(count(() -> store.deleteAll(both.keySet()))).as("deletes of " + entity).isLessThanOrEqualTo(2);
		assertThat(store.loadAll(both.keySet())).isEmpty();
	}

	private static Map<Object, Object> rows(Supplier<? extends Row> constructor) {
		Map<Object, Object> rows = new LinkedHashMap<>();
		for (int i = 0; i < 500; i++) {
			Row row = named(constructor.get(), "row");
			rows.put(row.id, row);
		}
		return rows;
	}

	private long count(Runnable action) {
		this.context.clearStatistics();
		action.run();
		return statements();
	}

	// Deletes

	@Test
	void deleteAllSkipsNothing() {
		Rows.Removed removed = repository(Rows.Removed.class).save(named(new Rows.Removed(), "row"));
		Rows.Observed.calls.clear();
		store(Rows.Removed.class).deleteAll(List.of(removed.id, -1L));
		assertThat(Rows.Observed.calls).containsExactly("pre remove row");
		Rows.SoftDeleted soft = repository(Rows.SoftDeleted.class).save(named(new Rows.SoftDeleted(), "row"));
		store(Rows.SoftDeleted.class).deleteAll(List.of(soft.id));
		assertThat(count("soft_deleted_row where deleted and id = " + soft.id)).isEqualTo(1);
		Rows.WithCollection collection = named(new Rows.WithCollection(), "row");
		collection.tags.add("tag");
		repository(Rows.WithCollection.class).save(collection);
		store(Rows.WithCollection.class).deleteAll(List.of(collection.id));
		assertThat(count("with_collection_tags where with_collection_id = " + collection.id)).isZero();
		Rows.WithCascade parent = named(new Rows.WithCascade(), "row");
		Rows.Child child = named(new Rows.Child(), "child");
		child.owner = parent;
		parent.children.add(child);
		repository(Rows.WithCascade.class).save(parent);
		store(Rows.WithCascade.class).deleteAll(List.of(parent.id));
		assertThat(count("child_row where id = " + child.id)).isZero();
		Rows.TwoTables two = named(new Rows.TwoTables(), "row");
		two.detail = "detail";
		repository(Rows.TwoTables.class).save(two);
		store(Rows.TwoTables.class).deleteAll(List.of(two.id));
		assertThat(count("second_table where id = " + two.id)).isZero();
	}

	private long count(String table) {
		Long count = this.context.jdbc().queryForObject("select count(*) from " + table, Long.class);
		return (count != null) ? count : -1;
	}

	// Order

	@Test
	void childIsStoredWhenItHoldsTheInstanceByWhichItsParentWasInserted() {
		for (StoreMode mode : StoreMode.values()) {
			Rows.IntegerVersion owner = named(new Rows.IntegerVersion(), "owner");
			flush(store(Rows.IntegerVersion.class, mode), owner);
			Rows.Part part = named(new Rows.Part(), "part");
			part.owner = owner;
			TestedStore store = store(Rows.Part.class, mode);
			flush(store, part);
			part.name = "changed";
			flush(store, part);
			assertThat(count("part_of_row where owner_id = " + owner.id)).isEqualTo(1);
		}
	}

	@Test
	void instancesByWhichOthersWereInsertedAreReferredToFromAnywhere() {
		List<Rows.IntegerVersion> targets = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			Rows.IntegerVersion target = named(new Rows.IntegerVersion(), "target " + i);
			flush(store(Rows.IntegerVersion.class), target);
			assertThat(target.version).isNull();
			targets.add(target);
		}
		Rows.Linking linking = named(new Rows.Linking(), "linking");
		linking.one = targets.get(0);
		linking.many.add(targets.get(1));
		linking.embedded = new Rows.Link(targets.get(2));
		linking.elements.add(new Rows.Link(targets.get(3)));
		linking.keys.put(targets.get(4), "key");
		Rows.Linking part = named(new Rows.Linking(), "part");
		part.many.add(targets.get(5));
		linking.parts.add(part);
		Rows.IntegerVersion cascaded = named(new Rows.IntegerVersion(), "cascaded");
		linking.cascaded.add(cascaded);
		for (String name : List.of("inserted", "updated")) {
			linking.name = name;
			cascaded.name = name;
			flush(store(Rows.Linking.class), linking);
			assertThat(count("linking where name = '%s' and one_id = %d and target_id = %d".formatted(name,
					targets.get(0).id, targets.get(2).id)))
				.isOne();
			assertThat(count(
					"linking_many where linking_id = %d and many_id = %d".formatted(linking.id, targets.get(1).id)))
				.isOne();
			assertThat(count("linking_elements where target_id = " + targets.get(3).id)).isOne();
			assertThat(count("linking_keys where keys_key = " + targets.get(4).id)).isOne();
			assertThat(
					count("linking_many where linking_id = %d and many_id = %d".formatted(part.id, targets.get(5).id)))
				.isOne();
			assertThat(count("integer_version where name = 'inserted' and id = " + cascaded.id)).isOne();
			// It is written with the other, and so takes itself for new in the next write
			linking.cascaded.clear();
			Rows.LinkedBack back = named(new Rows.LinkedBack(), "back");
			back.linking = linking;
			flush(store(Rows.LinkedBack.class), back);
			linking.back.add(back);
		}
		assertThat(targets).allSatisfy((target) -> assertThat(target.version).isNull());
		assertThat(count("integer_version where version = 0 and name like 'target %'")).isEqualTo(6);
	}

	@Test
	void parentsAreStoredBeforeChildrenInEveryMode() {
		for (StoreMode mode : StoreMode.values()) {
			TestedStore store = store(Graph.Node.class, mode);
			Graph.Node root = new Graph.Node(ids.addAndGet(100), null);
			Graph.Node middle = new Graph.Node(root.id - 50, root);
			Graph.Node leaf = new Graph.Node(middle.id - 10, middle);
			Map<Object, Object> nodes = new LinkedHashMap<>();
			List.of(leaf, middle, root).forEach((node) -> nodes.put(node.id, node));
			store.flushAll(nodes);
			assertThat(store.loadAll(nodes.keySet())).hasSize(3);
			store.deleteAll(nodes.keySet());
			assertThat(store.loadAll(nodes.keySet())).isEmpty();
		}
	}

	/**
	 * What a save did.
	 *
	 * @param rows the row after the insert, and after the update
	 * @param calls the callbacks
	 */
	private record Outcome(List<Map<String, Object>> rows, List<String> calls) {

		Outcome ignoring(String... columns) {
			List<Map<String, Object>> copies = this.rows.stream().map((row) -> {
				Map<String, Object> copy = new LinkedHashMap<>(row);
				Arrays.asList(columns).forEach((column) -> copy.keySet().removeIf(column::equalsIgnoreCase));
				copy.keySet().removeIf("id"::equalsIgnoreCase);
				return copy;
			}).toList();
			return new Outcome(copies, this.calls);
		}

	}

}
