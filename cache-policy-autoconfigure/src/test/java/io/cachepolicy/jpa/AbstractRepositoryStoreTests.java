package io.cachepolicy.jpa;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.sql.DataSource;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.jpa.copy.EntityCopier;
import io.cachepolicy.jpa.domain.Account;
import io.cachepolicy.jpa.domain.Book;
import io.cachepolicy.jpa.domain.Category;
import io.cachepolicy.jpa.domain.CategoryRepository;
import io.cachepolicy.jpa.domain.Cell;
import io.cachepolicy.jpa.domain.Counter;
import io.cachepolicy.jpa.domain.Country;
import io.cachepolicy.jpa.domain.CountryRepository;
import io.cachepolicy.jpa.domain.JpaTestContext;
import io.cachepolicy.jpa.domain.OrderLine;
import io.cachepolicy.jpa.domain.Product;
import io.cachepolicy.jpa.domain.ProductRepository;
import io.cachepolicy.jpa.domain.Seat;
import io.cachepolicy.jpa.domain.Setting;
import io.cachepolicy.settings.CacheSpec;
import io.cachepolicy.settings.Isolation;
import io.cachepolicy.settings.OnConflict;
import io.cachepolicy.settings.Overflow;
import io.cachepolicy.settings.StoreMode;
import io.cachepolicy.settings.WriteBackSpec;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.testsupport.TestedStore;
import jakarta.persistence.EntityManager;
import org.hibernate.Hibernate;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.service.spi.EventListenerGroup;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.PreUpdateEventListener;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.orm.ObjectOptimisticLockingFailureException;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link RepositoryStore}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractRepositoryStoreTests {

	private static final AtomicInteger numbers = new AtomicInteger(1000);

	JpaTestContext context;

	private EntityManager entityManager;

	ProductRepository products;

	abstract String createDatabase();

	abstract StoreMode storeMode();

	@BeforeAll
	void start() {
		this.context = new JpaTestContext(createDatabase());
		this.entityManager = SharedEntityManagerCreator
			.createSharedEntityManager(this.context.getEntityManagerFactory());
		this.products = this.context.getBean(ProductRepository.class);
	}

	@AfterAll
	void stop() {
		this.context.close();
	}

	TestedStore store(Class<?> entity) {
		BackingStore store = new JpaBackingStoreResolver(this.context.getContext()).resolve(spec(), entity);
		assertThat(store).isNotNull();
		return new TestedStore(store);
	}

	private CacheSpec spec() {
		WriteBackSpec writeBack = new WriteBackSpec(Duration.ofSeconds(1), 100, 100, true, 100, Overflow.BLOCK,
				Duration.ofSeconds(1), new WriteBackSpec.Retry(5, Duration.ofMillis(100), 2, Duration.ofSeconds(30), 0),
				1, 0, 0, storeMode(), OnConflict.DEAD_LETTER, false, false, 100);
		return new CacheSpec("test", WritePolicy.WRITE_THROUGH, new CacheSpec.Bounds(null, null, null, null, null),
				Isolation.COPY, false, List.of(), true, false, true, null, null, null, writeBack);
	}

	static String unique(String prefix) {
		return prefix + numbers.incrementAndGet();
	}

	private Product createProduct() {
		return this.products.save(new Product(unique("product")));
	}

	Product find(Long id) {
		return this.products.findById(id).orElseThrow();
	}

	static Product reprice(Product product, int price) {
		product.setPrice(BigDecimal.valueOf(price));
		return product;
	}

	private void changeByOther(Product product) {
		assertThat(this.context.jdbc()
			.update("update product set name = 'other', version = version + 1 where id = ?", product.getId()))
			.isEqualTo(1);
	}

	Map<Object, Object> byId(List<Product> products) {
		Map<Object, Object> entries = new LinkedHashMap<>();
		products.forEach((product) -> entries.put(product.getId(), product));
		return entries;
	}

	// Keys

	@Test
	void toKeyReturnsIdWhenItHasTheType() {
		assertThat(store(Product.class).toKey(5L)).isEqualTo(5L);
		assertThat(store(Country.class).toKey("ch")).isEqualTo("ch");
		OrderLine.OrderLineId id = new OrderLine.OrderLineId(1, 2);
		assertThat(store(OrderLine.class).toKey(id)).isEqualTo(id).isNotSameAs(id);
		Cell.CellId cellId = new Cell.CellId(1, 2);
		assertThat(store(Cell.class).toKey(cellId)).isEqualTo(cellId);
	}

	@Test
	void toKeyReturnsIdWhenKeyIsEntity() {
		Product product = createProduct();
		assertThat(store(Product.class).toKey(product)).isEqualTo(product.getId());
		assertThat(store(Cell.class).toKey(new Cell(1, 2, "content"))).isEqualTo(new Cell.CellId(1, 2));
		Object key = this.context.transaction()
			.execute((status) -> store(Product.class)
				.toKey(this.entityManager.getReference(Product.class, product.getId())));
		assertThat(key).isEqualTo(product.getId());
	}

	@Test
	void toKeyConvertsWhenTypesAreSimple() {
		UUID uuid = UUID.randomUUID();
		assertThat(store(Product.class).toKey(5)).isEqualTo(5L);
		assertThat(store(Product.class).toKey("5")).isEqualTo(5L);
		assertThat(store(Counter.class).toKey(5)).isEqualTo(5L);
		assertThat(store(Account.class).toKey(uuid.toString())).isEqualTo(uuid);
	}

	@Test
	void toKeyFailsWhenKeyIsNoId() {
		assertThatIllegalArgumentException().isThrownBy(() -> store(Product.class).toKey("five"))
			.withMessageContainingAll(Product.class.getName(), "java.lang.Long", "java.lang.String", "five");
		assertThatIllegalArgumentException().isThrownBy(() -> store(OrderLine.class).toKey(5L))
			.withMessageContainingAll(OrderLine.class.getName(), "OrderLineId", "java.lang.Long");
		assertThatIllegalArgumentException().isThrownBy(() -> store(Product.class).toKey(new Product("new")))
			.withMessageContaining("has no id yet");
	}

	@Test
	void keyOfReturnsNullWhenIdIsStillToBeGenerated() {
		assertThat(store(Product.class).keyOf(new Product("new"))).isNull();
		assertThat(store(Category.class).keyOf(new Category("new"))).isNull();
		assertThat(store(Account.class).keyOf(new Account("new"))).isNull();
		assertThat(store(Counter.class).keyOf(new Counter())).isNull();
	}

	@Test
	void keyOfReturnsIdWhenItIsAssigned() {
		assertThat(store(Country.class).keyOf(new Country("ch", "Switzerland"))).isEqualTo("ch");
		assertThat(store(Cell.class).keyOf(new Cell(1, 2, "content"))).isEqualTo(new Cell.CellId(1, 2));
		OrderLine.OrderLineId id = new OrderLine.OrderLineId(1, 2);
		assertThat(store(OrderLine.class).keyOf(new OrderLine(id, 1))).isEqualTo(id);
	}

	@Test
	void keyOfFailsWhenAssignedIdIsMissing() {
		assertThatIllegalArgumentException().isThrownBy(() -> store(Country.class).keyOf(new Country(null, "none")))
			.withMessageContaining(Country.class.getName());
	}

	@Test
	void keyOfFailsWhenTypeIsWrong() {
		assertThatIllegalArgumentException().isThrownBy(() -> store(Country.class).keyOf(new Account("wrong")))
			.withMessageContainingAll(Country.class.getName(), Account.class.getName());
	}

	// Loading

	@Test
	void loadReturnsRowWhenItExists() {
		Product product = createProduct();
		assertThat(store(Product.class).load(product.getId())).isEqualTo(product);
		assertThat(store(Product.class).load(-1L)).isNull();
	}

	@Test
	void loadAllReturnsRowsThatExistByKey() {
		Product first = createProduct();
		Product second = createProduct();
		assertThat(store(Product.class).loadAll(List.of(first.getId(), -1L, second.getId())))
			.containsOnly(Map.entry(first.getId(), first), Map.entry(second.getId(), second));
	}

	// Saving

	@Test
	void saveGeneratesIdAndVersionWhenEntityIsNew() {
		Product product = new Product(unique("product"));
		Product stored = (Product) store(Product.class).save(null, product);
		assertThat(stored.getId()).isNotNull();
		assertThat(stored.getVersion()).isZero();
		assertThat(product.getId()).isEqualTo(stored.getId());
		Counter counter = (Counter) store(Counter.class).save(null, new Counter());
		assertThat(counter.getId()).isPositive();
		Account account = (Account) store(Account.class).save(null, new Account("holder"));
		assertThat(account.getId()).isNotNull();
	}

	@Test
	void saveReturnsNewVersionWhenEntityExists() {
		Product product = createProduct();
		long version = product.getVersion();
		Product stored = (Product) store(Product.class).save(product.getId(), reprice(product, 5));
		assertThat(stored.getVersion()).isEqualTo(version + 1);
		assertThat(product.getVersion()).as("handed back").isEqualTo(version + 1);
		assertThat(stored.getUpdates()).isEqualTo(1);
		assertThat(find(product.getId()).getPrice()).isEqualByComparingTo("5");
	}

	@Test
	void saveFailsWhenKeyIsNotThatOfValue() {
		Product product = createProduct();
		assertThatIllegalArgumentException().isThrownBy(() -> store(Product.class).save(-1L, product))
			.withMessageContainingAll("'-1'", "'" + product.getId() + "'");
		assertThatIllegalArgumentException().isThrownBy(() -> store(Product.class).saveAll(Map.of(-1L, product)));
	}

	@Test
	void saveFailsAtOnceWhenConstraintIsViolated() {
		Country country = new Country(unique("c"), null);
		this.context.transaction().executeWithoutResult((status) -> {
			assertThatExceptionOfType(DataIntegrityViolationException.class)
				.isThrownBy(() -> store(Country.class).save(country.getCode(), country));
			status.setRollbackOnly();
		});
	}

	@Test
	void saveFailsAtOnceWhenRowWasChanged() {
		Product product = createProduct();
		changeByOther(product);
		this.context.transaction()
			.executeWithoutResult((status) -> assertThatExceptionOfType(ObjectOptimisticLockingFailureException.class)
				.isThrownBy(() -> {
					try {
						store(Product.class).save(product.getId(), reprice(product, 5));
					}
					finally {
						status.setRollbackOnly();
					}
				}));
	}

	@Test
	void saveJoinsTransactionWhenThereIsOne() {
		Product product = createProduct();
		this.context.transaction().executeWithoutResult((status) -> {
			store(Product.class).save(product.getId(), reprice(product, 5));
			status.setRollbackOnly();
		});
		assertThat(find(product.getId()).getPrice()).isNull();
	}

	@Test
	void saveFailsWhenTransactionIsReadOnly() {
		Product product = createProduct();
		TransactionTemplate readOnly = this.context.transaction();
		readOnly.setReadOnly(true);
		assertThatExceptionOfType(InvalidDataAccessApiUsageException.class)
			.isThrownBy(() -> readOnly.execute((status) -> store(Product.class).save(product.getId(), product)));
	}

	@Test
	void storeStartsTransactionWhenCallersHasCommitted() {
		Product product = createProduct();
		TestedStore store = store(Product.class);
		afterCommit(() -> store.save(product.getId(), reprice(product, 5)));
		assertThat(find(product.getId()).getPrice()).isEqualByComparingTo("5");
		Product loaded = afterCommit(() -> (Product) store.load(product.getId()));
		assertThat(loaded.getVersion()).isEqualTo(1);
		afterCommit(() -> {
			store.deleteAll(List.of(product.getId()));
			return product;
		});
		assertThat(this.products.existsById(product.getId())).isFalse();
	}

	private <T> T afterCommit(Supplier<T> action) {
		List<T> results = new ArrayList<>();
		this.context.transaction()
			.executeWithoutResult((status) -> TransactionSynchronizationManager
				.registerSynchronization(new TransactionSynchronization() {

					@Override
					public void afterCompletion(int completion) {
						results.add(action.get());
					}

				}));
		assertThat(results).hasSize(1);
		return results.get(0);
	}

	@Test
	void saveInsertsWhenIdIsAssigned() {
		String code = unique("c");
		store(Country.class).save(code, new Country(code, "one"));
		store(Country.class).save(code, new Country(code, "two"));
		assertThat(((Country) store(Country.class).load(code)).getName()).isEqualTo("two");
	}

	@Test
	void saveStoresWhenIdIsComposite() {
		OrderLine.OrderLineId id = new OrderLine.OrderLineId(numbers.incrementAndGet(), 1);
		OrderLine line = (OrderLine) store(OrderLine.class).save(id, new OrderLine(id, 1));
		assertThat(line.getVersion()).isZero();
		Cell cell = new Cell(numbers.incrementAndGet(), 1, "content");
		store(Cell.class).save(new Cell.CellId(cell.getX(), 1), cell);
		assertThat(store(Cell.class).load(new Cell.CellId(cell.getX(), 1))).isNotNull();
		Category category = this.context.getBean(CategoryRepository.class).save(new Category(unique("category")));
		Seat seat = new Seat(category, 1, "guest");
		store(Seat.class).save(new Seat.SeatId(category.getId(), 1), seat);
		assertThat(store(Seat.class).load(new Seat.SeatId(category.getId(), 1))).isNotNull();
	}

	// Batches (J4)

	@Test
	void flushAllUpdatesByBatchWhenCollectionsAreNotLoaded() {
		List<Long> ids = this.products
			.saveAll(IntStream.range(0, 100).mapToObj((i) -> new Product(unique("product"))).toList())
			.stream()
			.map(Product::getId)
			.toList();
		List<Product> detached = this.products.findAllById(ids);
		detached.forEach((product) -> reprice(product, 7));
		Statistics statistics = this.context.clearStatistics();
		store(Product.class).flushAll(byId(detached));
		assertThat(statistics.getEntityUpdateCount()).isEqualTo(100);
		assertThat(statistics.getPrepareStatementCount()).isLessThanOrEqualTo(2);
	}

	@Test
	void flushAllInsertsByBatchWhenAssignedIdsAreNew() {
		Map<Object, Object> countries = new LinkedHashMap<>();
		IntStream.range(0, 100).forEach((i) -> {
			String code = unique("c");
			countries.put(code, new Country(code, "name"));
		});
		Statistics statistics = this.context.clearStatistics();
		Map<Object, Object> flushed = store(Country.class).flushAll(countries);
		assertThat(statistics.getEntityInsertCount() + statistics.getEntityUpsertCount()).isEqualTo(100);
		assertThat(statistics.getPrepareStatementCount()).isLessThanOrEqualTo(2);
		assertThat(flushed).containsOnlyKeys(countries.keySet());
	}

	@Test
	void saveAllUsesOneQueryWhenIdsAreComposite() {
		int order = numbers.incrementAndGet();
		Map<Object, Object> lines = new LinkedHashMap<>();
		Map<Object, Object> cells = new LinkedHashMap<>();
		IntStream.range(0, 20).forEach((i) -> {
			OrderLine.OrderLineId id = new OrderLine.OrderLineId(order, i);
			lines.put(id, new OrderLine(id, i));
			cells.put(new Cell.CellId(order, i), new Cell(order, i, "content"));
		});
		Map<Object, Object> storedLines = store(OrderLine.class).saveAll(lines);
		Map<Object, Object> storedCells = store(Cell.class).saveAll(cells);
		storedLines.values().forEach((line) -> ((OrderLine) line).setQuantity(99));
		storedCells.values().forEach((cell) -> ((Cell) cell).setContent("changed"));
		Statistics statistics = this.context.clearStatistics();
		store(OrderLine.class).saveAll(storedLines);
		store(Cell.class).saveAll(storedCells);
		assertThat(statistics.getPrepareStatementCount()).isEqualTo(4);
		assertThat(statistics.getEntityUpdateCount()).isEqualTo(40);
	}

	@Test
	void saveAllStoresWhenIdsHaveAssociations() {
		Category category = this.context.getBean(CategoryRepository.class).save(new Category(unique("category")));
		Map<Object, Object> seats = new LinkedHashMap<>();
		IntStream.range(0, 3)
			.forEach((i) -> seats.put(new Seat.SeatId(category.getId(), i), new Seat(category, i, "guest")));
		store(Seat.class).flushAll(seats);
		seats.values().forEach((seat) -> ((Seat) seat).setGuest("other"));
		store(Seat.class).flushAll(seats);
		assertThat(store(Seat.class).loadAll(seats.keySet()).values()).extracting((seat) -> ((Seat) seat).getGuest())
			.containsExactly("other", "other", "other");
	}

	@Test
	void storeSeesWhatCallerPersistedWhenItIsNotFlushed() {
		Country saved = new Country(unique("c"), "persisted");
		Country other = new Country(unique("c"), "other");
		Country deleted = new Country(unique("c"), "persisted");
		this.context.transaction().executeWithoutResult((status) -> {
			this.entityManager.persist(saved);
			store(Country.class)
				.saveAll(Map.of(saved.getCode(), new Country(saved.getCode(), "saved"), other.getCode(), other));
			this.entityManager.persist(deleted);
			store(Country.class).deleteAll(List.of(deleted.getCode(), other.getCode()));
		});
		assertThat(((Country) store(Country.class).load(saved.getCode())).getName()).isEqualTo("saved");
		assertThat(store(Country.class).loadAll(List.of(deleted.getCode(), other.getCode()))).isEmpty();
	}

	@Test
	void saveDeferredAsksForNoRowThatTheDatabaseFinds() {
		Country first = new Country(unique("c"), "first");
		Country second = new Country(first.getCode(), "second");
		boolean upserting = ((RepositoryStore) store(Country.class).store()).batchMode() == BatchMode.UPSERT;
		for (Country country : List.of(first, second)) {
			Statistics statistics = this.context.clearStatistics();
			this.context.transaction()
				.executeWithoutResult(
						(status) -> store(Country.class).saveDeferred(Map.of(country.getCode(), country)));
			// Under REPEATABLE READ, the default of MariaDB, the row is locked first
			assertThat(statistics.getPrepareStatementCount()).isBetween(upserting ? 1L : 2L, upserting ? 1L : 3L);
			assertThat(((Country) store(Country.class).load(country.getCode())).getName()).isEqualTo(country.getName());
		}
	}

	@Test
	void saveDeferredChangesWhatTheCallerLoaded() {
		Country country = new Country(unique("c"), "before");
		store(Country.class).saveAll(Map.of(country.getCode(), country));
		this.context.transaction().executeWithoutResult((status) -> {
			Country loaded = this.entityManager.find(Country.class, country.getCode());
			store(Country.class).saveDeferred(Map.of(country.getCode(), new Country(country.getCode(), "after")));
			assertThat(loaded.getName()).isEqualTo("after");
			assertThat(this.entityManager.contains(loaded)).isTrue();
		});
		assertThat(((Country) store(Country.class).load(country.getCode())).getName()).isEqualTo("after");
	}

	@Test
	void saveDeferredWritesOverWhatTheCallerPersisted() {
		String code = unique("c");
		String other = unique("c");
		this.context.transaction().executeWithoutResult((status) -> {
			this.entityManager.persist(new Country(code, "persisted"));
			store(Country.class)
				.saveDeferred(Map.of(code, new Country(code, "deferred"), other, new Country(other, "other")));
			assertThat(this.entityManager.find(Country.class, code).getName()).isEqualTo("deferred");
			assertThat(this.entityManager.find(Country.class, other).getName()).isEqualTo("other");
		});
		assertThat(((Country) store(Country.class).load(code)).getName()).isEqualTo("deferred");
	}

	@Test
	void saveDeferredFollowsWhatTheCallerPersisted() {
		Category category = new Category(unique("category"));
		Seat seat = this.context.transaction().execute((status) -> {
			this.entityManager.persist(category);
			Seat added = new Seat(category, 1, "guest");
			store(Seat.class).saveDeferred(Map.of(new Seat.SeatId(category.getId(), 1), added));
			return added;
		});
		assertThat(seat).isNotNull();
		assertThat(((Seat) store(Seat.class).load(new Seat.SeatId(category.getId(), 1))).getGuest()).isEqualTo("guest");
	}

	@Test
	void saveDeferredIsRolledBackWithTheCaller() {
		String code = unique("c");
		this.context.transaction().executeWithoutResult((status) -> {
			store(Country.class).saveDeferred(Map.of(code, new Country(code, "name")));
			status.setRollbackOnly();
		});
		assertThat(store(Country.class).load(code)).isNull();
	}

	@Test
	void saveAllReturnsStoredInstancesByKey() {
		Product first = reprice(createProduct(), 1);
		Product second = reprice(createProduct(), 2);
		Map<Object, Object> stored = store(Product.class).saveAll(byId(List.of(second, first)));
		assertThat(stored).containsOnlyKeys(first.getId(), second.getId());
		assertThat(((Product) stored.get(first.getId())).getPrice()).isEqualByComparingTo("1");
		assertThat(((Product) stored.get(first.getId())).getVersion()).isEqualTo(1);
	}

	@Test
	void saveAllStoresNothingWhenOneRowIsRefused() {
		String good = unique("c");
		String bad = unique("c");
		assertThatExceptionOfType(DataIntegrityViolationException.class).isThrownBy(() -> store(Country.class)
			.flushAll(Map.of(good, new Country(good, "good"), bad, new Country(bad, null))));
		assertThat(this.context.getBean(CountryRepository.class).existsById(good)).isFalse();
	}

	@Test
	void deleteAllLoadsNothingWhenThereIsOnlyTheRow() {
		String[] codes = IntStream.range(0, 50).mapToObj((i) -> unique("c")).toArray(String[]::new);
		Map<Object, Object> countries = new LinkedHashMap<>();
		Arrays.stream(codes).forEach((code) -> countries.put(code, new Country(code, "name")));
		store(Country.class).saveAll(countries);
		Statistics statistics = this.context.clearStatistics();
		store(Country.class).deleteAll(List.of(codes));
		assertThat(statistics.getPrepareStatementCount()).isEqualTo(2);
		assertThat(statistics.getEntityLoadCount()).isZero();
		assertThat(store(Country.class).loadAll(List.of(codes))).isEmpty();
	}

	@Test
	void deleteAllIgnoresWhatDoesNotExist() {
		Product product = createProduct();
		store(Product.class).deleteAll(List.of(product.getId(), -1L));
		store(Product.class).deleteAll(List.of(product.getId()));
		store(Product.class).deleteAll(List.of());
		assertThat(this.products.existsById(product.getId())).isFalse();
	}

	@Test
	void deleteAllCascadesWhenChildrenExist() {
		Product product = new Product(unique("product"));
		product.addReview("review");
		store(Product.class).save(null, product);
		store(Product.class).deleteAll(List.of(product.getId()));
		assertThat(this.context.jdbc()
			.queryForObject("select count(*) from review where product_id = ?", Long.class, product.getId())).isZero();
	}

	@Test
	void deletedRowIsInsertedAgainByInstanceWithVersion() {
		TestedStore store = store(Setting.class);
		Setting setting = storedSetting(store);
		store.deleteAll(List.of(setting.getName()));
		for (int i = 0; i < 3; i++) {
			setting.setValue("again " + i);
			Setting stored = (Setting) store.flushAll(Map.of(setting.getName(), setting)).get(setting.getName());
			assertThat(stored.getVersion()).isEqualTo(i);
			assertThat(setting.getVersion()).as("given").isEqualTo(2);
		}
		assertThat(((Setting) store.load(setting.getName())).getValue()).isEqualTo("again 2");
	}

	private static Setting storedSetting(TestedStore store) {
		Setting setting = new Setting(unique("s"), "new");
		for (int i = 0; i < 3; i++) {
			setting.setValue("" + i);
			setting = (Setting) store.flushAll(Map.of(setting.getName(), setting)).get(setting.getName());
		}
		setting.setValue("changed");
		return setting;
	}

	@Test
	void deletedRowsAreInsertedAgainInBatches() {
		TestedStore store = store(Setting.class);
		Map<Object, Object> settings = new LinkedHashMap<>();
		IntStream.range(0, 5)
			.mapToObj((i) -> storedSetting(store))
			.forEach((value) -> settings.put(value.getName(), value));
		List<Object> deleted = List.copyOf(settings.keySet()).subList(0, 3);
		store.deleteAll(deleted.subList(0, 2));
		store.deleteAll(deleted.subList(1, 3));
		Setting added = new Setting(unique("s"), "new");
		settings.put(added.getName(), added);
		Map<Object, Object> stored = store.flushAll(settings);
		assertThat(deleted).allSatisfy((name) -> assertThat(((Setting) stored.get(name)).getVersion()).isZero());
		assertThat(store.loadAll(settings.keySet())).hasSize(6);
	}

	@Test
	void deletedRowCanBeWrittenThroughAgain() {
		TestedStore store = store(Setting.class);
		Setting setting = storedSetting(store);
		store.deleteAll(List.of(setting.getName()));
		store.saveDeferred(Map.of(setting.getName(), setting));
		assertThat(((Setting) store.load(setting.getName())).getVersion()).isZero();
	}

	@Test
	void deletedRowThatAnotherInsertedIsAConflict() {
		TestedStore store = store(Setting.class);
		Setting setting = storedSetting(store);
		store.deleteAll(List.of(setting.getName()));
		insertByOther(setting.getName(), 0);
		assertThatExceptionOfType(OptimisticLockingFailureException.class)
			.isThrownBy(() -> store.flushAll(Map.of(setting.getName(), setting)));
		assertThat(((Setting) store.load(setting.getName())).getValue()).isEqualTo("other");
	}

	@Test
	void deletedRowThatAnotherInsertedIsWrittenWhenItWasRead() {
		TestedStore store = store(Setting.class);
		Setting setting = storedSetting(store);
		store.deleteAll(List.of(setting.getName()));
		insertByOther(setting.getName(), 7);
		Setting read = (Setting) store.load(setting.getName());
		read.setValue("changed");
		Setting stored = (Setting) store.flushAll(Map.of(setting.getName(), read)).get(setting.getName());
		assertThat(stored.getVersion()).isEqualTo(8);
	}

	private void insertByOther(String name, int version) {
		this.context.jdbc().update("insert into setting(name, content, version) values (?, 'other', ?)", name, version);
	}

	@Test
	void deleteByAnotherIsAConflict() {
		TestedStore store = store(Setting.class);
		Setting setting = storedSetting(store);
		this.context.jdbc().update("delete from setting where name = ?", setting.getName());
		assertThatExceptionOfType(OptimisticLockingFailureException.class)
			.isThrownBy(() -> store.flushAll(Map.of(setting.getName(), setting)));
	}

	@Test
	void deleteThatIsRolledBackLeavesVersions() {
		TestedStore store = store(Setting.class);
		Setting setting = storedSetting(store);
		this.context.transaction().executeWithoutResult((status) -> {
			store.deleteAll(List.of(setting.getName()));
			status.setRollbackOnly();
		});
		Setting stored = (Setting) store.flushAll(Map.of(setting.getName(), setting)).get(setting.getName());
		assertThat(stored.getVersion()).isEqualTo(3);
	}

	@Test
	void instanceThatIsNewIsInsertedAgainAfterDelete() {
		Book book = new Book(unique("isbn"), "0");
		TestedStore store = store(Book.class);
		store.flushAll(Map.of(book.getId(), book));
		store.deleteAll(List.of(book.getId()));
		store.flushAll(Map.of(book.getId(), book));
		assertThat(store.load(book.getId())).isNotNull();
	}

	@Test
	void deleteAllLeavesNothingInTheSessionOfTheCaller() {
		TestedStore store = store(Setting.class);
		List<Object> names = IntStream.range(0, 4).mapToObj((i) -> (Object) storedSetting(store).getName()).toList();
		this.context.transaction().executeWithoutResult((status) -> {
			Setting managed = this.entityManager.find(Setting.class, names.get(0));
			managed.setValue("changed");
			this.entityManager.getReference(Setting.class, names.get(1));
			store.deleteAll(names);
			assertThat(this.entityManager.contains(managed)).isFalse();
			assertThat(names).allSatisfy((name) -> assertThat(this.entityManager.find(Setting.class, name)).isNull());
			managed.setValue("again");
		});
		assertThat(store.loadAll(names)).isEmpty();
	}

	// Deferred writes (J2, J3)

	@Test
	void flushAllLeavesGivenInstancesAlone() {
		Setting setting = new Setting(unique("s"), "value");
		Setting stored = (Setting) store(Setting.class).flushAll(Map.of(setting.getName(), setting))
			.get(setting.getName());
		assertThat(stored).isNotSameAs(setting);
		assertThat(stored.getVersion()).isZero();
		assertThat(setting.getVersion()).isNull();
	}

	@Test
	void flushAllReturnsDetachedInstances() {
		Product product = createProduct();
		Product found = find(product.getId());
		Product stored = (Product) store(Product.class).flushAll(Map.of(found.getId(), reprice(found, 5)))
			.get(found.getId());
		assertThat(Hibernate.isInitialized(stored.getTags())).isFalse();
		assertThat(stored.getVersion()).isEqualTo(1);
	}

	@Test
	void flushAllLeavesCollectionsAloneWhenNotLoaded() {
		Product product = new Product(unique("product"));
		product.addReview("review");
		product.getTags().add("tag");
		this.products.save(product);
		TestedStore store = store(Product.class);
		Product current = find(product.getId());
		for (int i = 0; i < 3; i++) {
			current = (Product) store.flushAll(Map.of(product.getId(), reprice(current, i))).get(product.getId());
		}
		assertThat(current.getVersion()).isEqualTo(3);
		assertThat(this.context.jdbc()
			.queryForObject("select count(*) from review where product_id = ?", Long.class, product.getId()))
			.isEqualTo(1);
		assertThat(this.context.jdbc()
			.queryForObject("select count(*) from product_tags where product_id = ?", Long.class, product.getId()))
			.isEqualTo(1);
	}

	@Test
	void flushAllSucceedsWhenInstanceIsOutdatedByItsOwnFlushes() {
		Product product = createProduct();
		TestedStore store = store(Product.class);
		for (int i = 1; i <= 3; i++) {
			Product stored = (Product) store.flushAll(Map.of(product.getId(), reprice(product, i)))
				.get(product.getId());
			assertThat(stored.getVersion()).isEqualTo(i);
			assertThat(product.getVersion()).isZero();
		}
		assertThat(find(product.getId()).getPrice()).isEqualByComparingTo("3");
	}

	@Test
	void flushAllSucceedsWhenInsertedInstanceIsWrittenAgain() {
		Setting setting = new Setting(unique("s"), "0");
		Book book = new Book(unique("isbn"), "0");
		Counter counter = (Counter) store(Counter.class).save(null, new Counter());
		TestedStore settings = store(Setting.class);
		TestedStore books = store(Book.class);
		TestedStore counters = store(Counter.class);
		for (int i = 1; i <= 3; i++) {
			setting.setValue("" + i);
			settings.flushAll(Map.of(setting.getName(), setting));
			book.setTitle("" + i);
			books.flushAll(Map.of(book.getId(), book));
			Counter detached = new EntityCopierAccess(this.context).copy(counter);
			detached.setCount(i);
			counters.flushAll(Map.of(counter.getId(), detached));
		}
		assertThat(((Setting) settings.load(setting.getName())).getValue()).isEqualTo("3");
		assertThat(((Book) books.load(book.getId())).getTitle()).isEqualTo("3");
		assertThat(((Counter) counters.load(counter.getId())).getCount()).isEqualTo(3);
	}

	@Test
	void flushAllFailsWhenRowWasChangedByOther() {
		Product product = createProduct();
		TestedStore store = store(Product.class);
		store.flushAll(Map.of(product.getId(), reprice(product, 1)));
		changeByOther(product);
		assertThatExceptionOfType(ObjectOptimisticLockingFailureException.class)
			.isThrownBy(() -> store.flushAll(Map.of(product.getId(), reprice(product, 2))));
		assertThat(find(product.getId()).getName()).isEqualTo("other");
	}

	@Test
	void flushAllFailsWhenRowWasChangedByOtherBeforeFirstFlush() {
		Product product = createProduct();
		changeByOther(product);
		TestedStore store = store(Product.class);
		assertThatExceptionOfType(ObjectOptimisticLockingFailureException.class)
			.isThrownBy(() -> store.flushAll(Map.of(product.getId(), reprice(product, 1))));
		Product current = find(product.getId());
		store.flushAll(Map.of(product.getId(), reprice(current, 2)));
		assertThatExceptionOfType(ObjectOptimisticLockingFailureException.class)
			.isThrownBy(() -> store.flushAll(Map.of(product.getId(), reprice(product, 3))));
	}

	@Test
	void flushAllSucceedsWhenOwnSaveCameBetween() {
		Product product = createProduct();
		TestedStore store = store(Product.class);
		Product flushed = (Product) store.flushAll(Map.of(product.getId(), reprice(product, 1))).get(product.getId());
		store.save(product.getId(), reprice(flushed, 2));
		store.flushAll(Map.of(product.getId(), reprice(product, 3)));
		assertThat(find(product.getId()).getVersion()).isEqualTo(3);
	}

	@Test
	void flushAllSucceedsWhenOwnSaveWasRolledBack() {
		Product product = createProduct();
		TestedStore store = store(Product.class);
		Product flushed = (Product) store.flushAll(Map.of(product.getId(), reprice(product, 1))).get(product.getId());
		this.context.transaction().executeWithoutResult((status) -> {
			store.save(product.getId(), reprice(flushed, 2));
			status.setRollbackOnly();
		});
		store.flushAll(Map.of(product.getId(), reprice(product, 3)));
		assertThat(find(product.getId()).getVersion()).isEqualTo(2);
	}

	@Test
	void flushAllFailsWhenOutdatedBySaveOnly() {
		Product product = createProduct();
		TestedStore store = store(Product.class);
		store.save(product.getId(), reprice(find(product.getId()), 1));
		assertThatExceptionOfType(ObjectOptimisticLockingFailureException.class)
			.isThrownBy(() -> store.flushAll(Map.of(product.getId(), reprice(product, 2))));
	}

	@Test
	void flushAllFailsWhenVersionedRowIsGone() {
		Product product = createProduct();
		this.products.deleteById(product.getId());
		assertThatExceptionOfType(OptimisticLockingFailureException.class)
			.isThrownBy(() -> store(Product.class).flushAll(Map.of(product.getId(), product)));
	}

	@Test
	void flushAllInsertsWhenRowWithoutVersionIsDeletedMeanwhile() {
		Country country = new Country(unique("c"), "one");
		TestedStore store = store(Country.class);
		store.flushAll(Map.of(country.getCode(), country));
		country.setName("two");
		List<Object> deleted = new ArrayList<>();
		onUpdate((code) -> {
			if (deleted.isEmpty()) {
				deleted.add(code);
				this.context.newTransaction()
					.executeWithoutResult(
							(status) -> this.context.jdbc().update("delete from country where code = ?", code));
			}
		}, () -> store.flushAll(Map.of(country.getCode(), country)));
		assertThat(((Country) store.load(country.getCode())).getName()).isEqualTo("two");
	}

	@Test
	void deleteAllComesAfterWhatTheSessionHasToDo() {
		Category category = this.context.getBean(CategoryRepository.class).save(new Category(unique("category")));
		Seat seat = (Seat) store(Seat.class).save(null, new Seat(category, 1, "guest"));
		this.context.transaction().executeWithoutResult((status) -> {
			this.entityManager.remove(this.entityManager.find(Seat.class, new Seat.SeatId(category.getId(), 1)));
			store(Category.class).deleteAll(List.of(category.getId()));
		});
		assertThat(seat).isNotNull();
		assertThat(store(Category.class).load(category.getId())).isNull();
	}

	@Test
	void flushAllDoesNotJoinTransaction() {
		Product product = createProduct();
		TestedStore store = store(Product.class);
		this.context.transaction().executeWithoutResult((status) -> {
			store.flushAll(Map.of(product.getId(), reprice(product, 5)));
			status.setRollbackOnly();
		});
		assertThat(find(product.getId()).getPrice()).isEqualByComparingTo("5");
	}

	@Test
	void flushAllIgnoresSessionThatIsBoundToTheThread() {
		Product product = createProduct();
		TestedStore store = store(Product.class);
		EntityManager bound = this.context.getEntityManagerFactory().createEntityManager();
		EntityManagerHolder holder = new EntityManagerHolder(bound);
		TransactionSynchronizationManager.bindResource(this.context.getEntityManagerFactory(), holder);
		try {
			bound.find(Product.class, product.getId());
			store.flushAll(Map.of(product.getId(), reprice(product, 1)));
			store.flushAll(Map.of(product.getId(), reprice(product, 2)));
			assertThat(TransactionSynchronizationManager.getResource(this.context.getEntityManagerFactory()))
				.isSameAs(holder);
		}
		finally {
			TransactionSynchronizationManager.unbindResource(this.context.getEntityManagerFactory());
			bound.close();
		}
		assertThat(find(product.getId()).getVersion()).isEqualTo(2);
	}

	@Test
	void flushAllLeavesSessionOfAScopeWithoutTransactionAlone() {
		Product product = createProduct();
		TestedStore store = store(Product.class);
		TransactionTemplate supports = this.context.transaction();
		supports.setPropagationBehavior(TransactionDefinition.PROPAGATION_SUPPORTS);
		supports.executeWithoutResult((status) -> {
			Product seen = this.entityManager.find(Product.class, product.getId());
			store.flushAll(Map.of(product.getId(), reprice(product, 5)));
			assertThat(this.entityManager.find(Product.class, product.getId())).isSameAs(seen);
			assertThat(seen.getPrice()).isNull();
		});
		assertThat(find(product.getId()).getPrice()).isEqualByComparingTo("5");
	}

	@Test
	void flushAllUpdatesInOrderOfIdsSoThatBatchesDoNotDeadlock() {
		List<Product> stored = this.products
			.saveAll(IntStream.range(0, 20).mapToObj((i) -> new Product(unique("product"))).toList());
		List<Product> reversed = new ArrayList<>(stored);
		Collections.reverse(reversed);
		reversed.forEach((product) -> this.context.jdbc()
			.update("update product set name = 'moved' where id = ?", product.getId()));
		reversed.forEach((product) -> reprice(product, 3));
		List<Object> updated = new ArrayList<>();
		onUpdate(updated::add, () -> store(Product.class).flushAll(byId(reversed)));
		assertThat(updated)
			.containsExactlyElementsOf(stored.stream().map((product) -> (Object) product.getId()).toList());
	}

	private void onUpdate(Consumer<Object> listener, Runnable action) {
		EventListenerGroup<PreUpdateEventListener> group = this.context.getEntityManagerFactory()
			.unwrap(SessionFactoryImplementor.class)
			.getEventEngine()
			.getListenerRegistry()
			.getEventListenerGroup(EventType.PRE_UPDATE);
		group.appendListener((event) -> {
			listener.accept(event.getId());
			return false;
		});
		try {
			action.run();
		}
		finally {
			group.clearListeners();
		}
	}

	@Test
	void saveIsFlushedOnceByItsOwnTransactionAndBeforeItReturnsInTheCallersOne() {
		Product product = createProduct();
		TestedStore store = store(Product.class);
		Statistics statistics = this.context.clearStatistics();
		store.save(product.getId(), reprice(product, 7));
		assertThat(statistics.getFlushCount()).isOne();
		assertThat(find(product.getId()).getPrice()).isEqualByComparingTo("7");
		statistics.clear();
		this.context.transaction().executeWithoutResult((status) -> {
			store.save(product.getId(), reprice(product, 8));
			assertThat(statistics.getFlushCount()).isOne();
			assertThat(statistics.getEntityUpdateCount()).isOne();
		});
		assertThat(find(product.getId()).getPrice()).isEqualByComparingTo("8");
	}

	@Test
	void whatAListenerThrowsAtTheFlushIsThrownAsItIs() {
		Product product = createProduct();
		TestedStore store = store(Product.class);
		RuntimeException refusal = new UnsupportedOperationException("refused");
		onUpdate((id) -> {
			throw refusal;
		}, () -> {
			assertThatThrownBy(() -> store.save(product.getId(), reprice(product, 7))).isSameAs(refusal);
			this.context.transaction().executeWithoutResult((status) -> {
				assertThatThrownBy(() -> store.save(product.getId(), reprice(product, 7))).isSameAs(refusal);
				status.setRollbackOnly();
			});
		});
		assertThat(find(product.getId()).getPrice()).isNull();
	}

	// Conflicts

	@Test
	void flushInACallbackAfterTheCommitFollowsWhatWasCommitted() {
		Product product = createProduct();
		TestedStore store = store(Product.class);
		store.flushAll(Map.of(product.getId(), reprice(product, 1)));
		this.context.transaction().executeWithoutResult((status) -> {
			store.save(product.getId(), reprice(product, 2));
			afterCommitOf(() -> store.flushAll(Map.of(product.getId(), reprice(product, 3))));
		});
		store.flushAll(Map.of(product.getId(), reprice(product, 4)));
		assertThat(find(product.getId()).getPrice()).isEqualByComparingTo("4");
	}

	@Test
	void insertInACallbackAfterTheCommitFollowsADeleteThatWasCommitted() {
		Setting setting = new Setting(unique("s"), "0");
		TestedStore store = store(Setting.class);
		Setting stored = (Setting) store.flushAll(Map.of(setting.getName(), setting)).get(setting.getName());
		this.context.transaction().executeWithoutResult((status) -> {
			store.deleteAll(List.of(setting.getName()));
			afterCommitOf(() -> store.flushAll(Map.of(setting.getName(), stored)));
		});
		stored.setValue("1");
		store.flushAll(Map.of(setting.getName(), stored));
		assertThat(((Setting) store.load(setting.getName())).getValue()).isEqualTo("1");
	}

	private static void afterCommitOf(Runnable action) {
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCommit() {
				action.run();
			}

		});
	}

	@Test
	void versionIsTakenBackWhenTheCommitFails() {
		Product product = createProduct();
		Product other = createProduct();
		TestedStore store = store(Product.class);
		onUpdate((id) -> {
			if (id.equals(other.getId())) {
				throw new UnsupportedOperationException("refused");
			}
		}, () -> assertThatExceptionOfType(TransactionSystemException.class)
			.isThrownBy(() -> this.context.transaction().executeWithoutResult((status) -> {
				store.save(product.getId(), reprice(product, 1));
				assertThat(product.getVersion()).isOne();
				find(other.getId()).setName("changed");
			})));
		assertThat(product.getVersion()).isZero();
		store.save(product.getId(), reprice(product, 2));
		assertThat(find(product.getId()).getPrice()).isEqualByComparingTo("2");
	}

	@Test
	void saveTakesVersionOfOwnFlushes() {
		Product product = createProduct();
		TestedStore store = store(Product.class);
		store.flushAll(Map.of(product.getId(), reprice(product, 1)));
		store.save(product.getId(), reprice(product, 2));
		assertThat(product.getVersion()).isEqualTo(2);
		store.flushAll(Map.of(product.getId(), reprice(product, 3)));
		store.saveAll(byId(List.of(reprice(product, 4))));
		assertThat(find(product.getId()).getPrice()).isEqualByComparingTo("4");
		assertThat(product.getVersion()).isEqualTo(4);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3 })
	@DisplayName("J3: a new instance is outdated by no flushes, whatever rows they removed before")
	void saveTakesVersionOfOwnFlushesAfterDeletes(int removals) {
		TestedStore store = store(Setting.class);
		List<Setting> settings = List.of(new Setting(unique("s"), "inserted"), storedSetting(store),
				new Setting(unique("s"), "of another"), new Setting(unique("s"), "saved"));
		insertByOther(settings.get(2).getName(), 5);
		store.save(settings.get(3).getName(), settings.get(3));
		for (Setting setting : settings) {
			String name = setting.getName();
			for (int i = 0; i < removals; i++) {
				if (store.load(name) == null) {
					store.flushAll(Map.of(name, new Setting(name, "before")));
				}
				store.deleteAll(List.of(name));
			}
			store.flushAll(Map.of(name, new Setting(name, "again")));
			store.save(name, new Setting(name, "written"));
			Setting written = (Setting) store.load(name);
			assertThat(written.getValue()).isEqualTo("written");
			assertThat(written.getVersion()).isOne();
			assertThatExceptionOfType(DataAccessException.class)
				.isThrownBy(() -> store.save(name, new Setting(name, "after a save")));
		}
	}

	@Test
	void saveFailsWhenAnotherInsertedWhatWasDeleted() {
		TestedStore store = store(Setting.class);
		Setting setting = storedSetting(store);
		store.deleteAll(List.of(setting.getName()));
		insertByOther(setting.getName(), 0);
		assertThatExceptionOfType(DataAccessException.class)
			.isThrownBy(() -> store.save(setting.getName(), new Setting(setting.getName(), "new")));
		assertThat(((Setting) store.load(setting.getName())).getValue()).isEqualTo("other");
	}

	@Test
	void saveInsertsWhenAnotherDeletedWhatWasFlushed() {
		Setting setting = new Setting(unique("s"), "0");
		TestedStore store = store(Setting.class);
		store.flushAll(Map.of(setting.getName(), setting));
		this.context.jdbc().update("delete from setting where name = ?", setting.getName());
		Setting again = new Setting(setting.getName(), "again");
		this.context.transaction().executeWithoutResult((status) -> store.save(again.getName(), again));
		assertThat(((Setting) store.load(again.getName())).getVersion()).isZero();
	}

	@Test
	void saveFailsWhenOutdatedByAnotherSave() {
		Product product = createProduct();
		TestedStore store = store(Product.class);
		Product flushed = (Product) store.flushAll(Map.of(product.getId(), reprice(product, 1))).get(product.getId());
		store.save(product.getId(), reprice(flushed, 2));
		assertThatExceptionOfType(ObjectOptimisticLockingFailureException.class)
			.isThrownBy(() -> store.save(product.getId(), reprice(product, 3)));
		assertThatExceptionOfType(ObjectOptimisticLockingFailureException.class)
			.isThrownBy(() -> store.saveAll(byId(List.of(product))));
		assertThat(find(product.getId()).getPrice()).isEqualByComparingTo("2");
	}

	@Test
	void saveDeferredTakesVersionOfOwnFlushes() {
		Product product = createProduct();
		TestedStore store = store(Product.class);
		store.flushAll(Map.of(product.getId(), reprice(product, 1)));
		this.context.transaction()
			.executeWithoutResult((status) -> store.saveDeferred(Map.of(product.getId(), reprice(product, 2))));
		assertThat(find(product.getId()).getPrice()).isEqualByComparingTo("2");
		assertThat(find(product.getId()).getVersion()).isEqualTo(2);
		assertThat(product.getVersion()).isEqualTo(2);
	}

	@Test
	void saveDeferredOutdatesNoDeferredWrites() {
		Product product = createProduct();
		TestedStore store = store(Product.class);
		Product first = reprice(product, 1);
		Product second = reprice(product, 2);
		this.context.transaction().executeWithoutResult((status) -> store.saveDeferred(Map.of(product.getId(), first)));
		store.flushAll(Map.of(product.getId(), second));
		assertThat(find(product.getId()).getPrice()).isEqualByComparingTo("2");
	}

	@Test
	void saveDeferredStartsNoLineageWhenItIsRolledBack() {
		Product product = createProduct();
		TestedStore store = store(Product.class);
		this.context.transaction().executeWithoutResult((status) -> {
			store.saveDeferred(Map.of(product.getId(), reprice(product, 1)));
			status.setRollbackOnly();
		});
		changeByOther(product);
		assertThatExceptionOfType(OptimisticLockingFailureException.class)
			.isThrownBy(() -> store.flushAll(Map.of(product.getId(), reprice(product, 2))));
	}

	@Test
	void saveDeferredKeepsManagedInstance() {
		Product product = createProduct();
		TestedStore store = store(Product.class);
		store.flushAll(Map.of(product.getId(), reprice(product, 1)));
		this.context.transaction().executeWithoutResult((status) -> {
			Product managed = find(product.getId());
			managed.setPrice(new BigDecimal("2"));
			assertThat(store.saveDeferred(Map.of(product.getId(), managed)).get(product.getId())).isSameAs(managed);
		});
		assertThat(find(product.getId()).getPrice()).isEqualByComparingTo("2");
	}

	@Test
	void saveDeferredLetsInsertedInstanceBeWrittenThrough() {
		Setting setting = new Setting(unique("s"), "0");
		Book book = new Book(unique("isbn"), "0");
		TestedStore settings = store(Setting.class);
		TestedStore books = store(Book.class);
		settings.flushAll(Map.of(setting.getName(), setting));
		books.flushAll(Map.of(book.getId(), book));
		setting.setValue("1");
		book.setTitle("1");
		settings.saveDeferred(Map.of(setting.getName(), setting));
		books.saveDeferred(Map.of(book.getId(), book));
		assertThat(((Setting) settings.load(setting.getName())).getValue()).isEqualTo("1");
		assertThat(((Book) books.load(book.getId())).getTitle()).isEqualTo("1");
	}

	@Test
	void rebaseTakesVersionThatTheRowHas() {
		Product product = createProduct();
		TestedStore store = store(Product.class);
		Product rebased = this.context.transaction().execute((status) -> {
			find(product.getId());
			this.context.newTransaction().executeWithoutResult((inner) -> changeByOther(product));
			return (Product) store.rebase(product.getId(), reprice(product, 5));
		});
		assertThat(rebased.getVersion()).isEqualTo(1);
		assertThat(product.getVersion()).isZero();
		Product stored = (Product) store.flushAll(Map.of(product.getId(), rebased)).get(product.getId());
		assertThat(stored.getVersion()).isEqualTo(2);
		assertThat(find(product.getId()).getPrice()).isEqualByComparingTo("5");
	}

	@Test
	void overwriteIsNoConflictForThoseWhoReadTheValue() {
		Setting inserted = new Setting(unique("s"), "by another");
		this.context.jdbc()
			.update("insert into setting (name, content, version) values (?, ?, 4)", inserted.getName(), "other");
		TestedStore store = store(Setting.class);
		Setting first = new Setting(inserted.getName(), "first");
		Setting second = new Setting(inserted.getName(), "second");
		Setting stored = (Setting) store.overwrite(first.getName(), first).get(first.getName());
		assertThat(stored.getVersion()).isEqualTo(5);
		assertThat(first.getVersion()).isNull();
		store.flushAll(Map.of(second.getName(), second));
		assertThat(((Setting) store.load(second.getName())).getValue()).isEqualTo("second");
	}

	@Test
	void instanceThatTakesItselfForNewIsWrittenOverARow() {
		TestedStore store = store(Book.class);
		String isbn = unique("isbn");
		this.context.jdbc().update("insert into book (isbn, title) values (?, 'other')", isbn);
		store.overwrite(isbn, new Book(isbn, "1"));
		assertThat(((Book) store.load(isbn)).getTitle()).isEqualTo("1");
		String second = unique("isbn");
		this.context.jdbc().update("insert into book (isbn, title) values (?, 'other')", second);
		store.saveOver(Map.of(second, new Book(second, "2")));
		assertThat(((Book) store.load(second)).getTitle()).isEqualTo("2");
		String third = unique("isbn");
		store.overwrite(third, new Book(third, "3"));
		assertThat(((Book) store.load(third)).getTitle()).isEqualTo("3");
	}

	@Test
	void saveOverTakesTheVersionOfTheRow() {
		Setting before = new Setting(unique("s"), "before");
		TestedStore store = store(Setting.class);
		store.save(before.getName(), before);
		Setting after = new Setting(before.getName(), "after");
		this.context.transaction().executeWithoutResult((status) -> {
			store.saveOver(Map.of(after.getName(), after));
			store.save(after.getName(), after);
			store.deleteAll(List.of(after.getName()));
			Setting again = new Setting(after.getName(), "again");
			store.saveOver(Map.of(again.getName(), again));
			assertThat(again.getVersion()).isZero();
		});
		assertThat(after.getVersion()).isEqualTo(1);
		assertThat(((Setting) store.load(after.getName())).getValue()).isEqualTo("again");
	}

	@Test
	void rebaseMakesInstanceNewWhenRowIsGone() {
		Setting setting = new Setting(unique("s"), "0");
		TestedStore store = store(Setting.class);
		Setting stored = (Setting) store.flushAll(Map.of(setting.getName(), setting)).get(setting.getName());
		this.context.jdbc().update("delete from setting where name = ?", setting.getName());
		Setting rebased = (Setting) store.rebase(setting.getName(), stored);
		assertThat(rebased.getVersion()).isNull();
		store.flushAll(Map.of(setting.getName(), rebased));
		assertThat(store.load(setting.getName())).isNotNull();
	}

	@Test
	void rebaseReturnsValueWhenItCanNotBeInserted() {
		Counter counter = (Counter) store(Counter.class).save(null, new Counter());
		this.context.jdbc().update("delete from counter where id = ?", counter.getId());
		assertThat(store(Counter.class).rebase(counter.getId(), counter)).isSameAs(counter);
	}

	@Test
	void rebaseReturnsValueWhenThereIsNoVersion() {
		Country country = new Country(unique("c"), "name");
		assertThat(store(Country.class).rebase(country.getCode(), country)).isSameAs(country);
	}

	// What the store is

	@Test
	void resourceIsTheDataSource() {
		assertThat(store(Product.class).resource()).isEqualTo(store(Country.class).resource())
			.isSameAs(this.context.getBean(DataSource.class));
	}

	@Test
	void isContextualWhenForeignCodeTakesPart() {
		assertThat(store(Product.class).isContextual()).as("callback").isTrue();
		assertThat(store(Country.class).isContextual()).isFalse();
		assertThat(store(Setting.class).isContextual()).isFalse();
	}

	@Test
	void relationsFollowForeignKeys() {
		assertThat(store(Product.class).relations().refersTo(store(Category.class).relations())).isTrue();
		assertThat(store(Seat.class).relations().rank()).isEqualTo(1);
		assertThat(store(Seat.class).relations().rows()).isEqualTo(store(Seat.class).relations().rows());
	}

	// The session of the caller

	@Test
	void isManagedWhenSessionOfThreadContainsInstance() {
		Product product = createProduct();
		TestedStore store = store(Product.class);
		assertThat(store.isManaged(product)).isFalse();
		this.context.transaction().executeWithoutResult((status) -> {
			Product found = find(product.getId());
			assertThat(store.isManaged(found)).isTrue();
			assertThat(store.isManaged(product)).isFalse();
			assertThat(store.isManaged("no entity")).isFalse();
		});
	}

	@Test
	void isLoadedWhenSessionOfThreadKnowsRow() {
		Product product = createProduct();
		Cell cell = new Cell(numbers.incrementAndGet(), 1, "content");
		store(Cell.class).save(null, cell);
		Cell.CellId cellId = new Cell.CellId(cell.getX(), 1);
		TestedStore store = store(Product.class);
		assertThat(store.isLoaded(product.getId())).isFalse();
		this.context.transaction().executeWithoutResult((status) -> {
			assertThat(store.isLoaded(product.getId())).isFalse();
			this.entityManager.getReference(Product.class, product.getId());
			assertThat(store.isLoaded(product.getId())).isTrue();
			store(Cell.class).load(cellId);
			assertThat(store(Cell.class).isLoaded(cellId)).isTrue();
			this.context.newTransaction()
				.executeWithoutResult((inner) -> assertThat(store.isLoaded(product.getId())).isFalse());
		});
	}

	@Test
	void isConnectedWhenSessionOfThreadHasAskedTheDatabase() {
		Product product = createProduct();
		TestedStore store = store(Product.class);
		assertThat(store.isConnected()).isFalse();
		try (EntityManager request = this.context.getEntityManagerFactory().createEntityManager()) {
			TransactionSynchronizationManager.bindResource(this.context.getEntityManagerFactory(),
					new EntityManagerHolder(request));
			assertThat(store.isConnected()).isFalse();
			store.load(product.getId());
			assertThat(store.isConnected()).isTrue();
		}
		finally {
			TransactionSynchronizationManager.unbindResource(this.context.getEntityManagerFactory());
		}
	}

	@Test
	void getValueTypeReturnsEntity() {
		assertThat(store(Product.class).getValueType()).isEqualTo(Product.class);
	}

	@Test
	void concurrentChangeFailsWhenItHappensDuringSave() {
		Product product = createProduct();
		TestedStore store = store(Product.class);
		assertThatThrownBy(() -> this.context.transaction().executeWithoutResult((status) -> {
			Product managed = find(product.getId());
			this.context.newTransaction().executeWithoutResult((inner) -> changeByOther(product));
			store.save(product.getId(), reprice(managed, 5));
		})).isInstanceOf(ObjectOptimisticLockingFailureException.class);
	}

	/**
	 * Copies with the types of the caller.
	 *
	 * @param context the application
	 */
	record EntityCopierAccess(JpaTestContext context) {

		@SuppressWarnings("unchecked")
		<T> T copy(T value) {
			return (T) new EntityCopier(() -> Stream.of(this.context.getEntityManagerFactory())).copy(value);
		}

	}

}
