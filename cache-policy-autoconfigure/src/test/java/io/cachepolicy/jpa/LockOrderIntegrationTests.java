package io.cachepolicy.jpa;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.LongStream;

import io.cachepolicy.jpa.domain.JpaTestContext;
import io.cachepolicy.jpa.row.Rows;
import io.cachepolicy.jpa.row.RowsContext;
import io.cachepolicy.settings.StoreMode;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.testsupport.Postgres;
import io.cachepolicy.testsupport.Specs;
import io.cachepolicy.testsupport.TestedStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Batches of several stores and transactions of an application, all on the same few rows
 * of PostgreSQL: nobody ends in a deadlock (J5). {@code -Dcache-policy.rounds} is the
 * number of batches and transactions in all, {@code -Dcache-policy.seed} repeats a run.
 */
class LockOrderIntegrationTests {

	private static final int ROUNDS_OF_ONE = Integer.getInteger("cache-policy.rounds", 12_000) / 12;

	private static final long SEED = Long.getLong("cache-policy.seed", System.nanoTime());

	private static final int ROWS = 12;

	private final ExecutorService threads = Executors.newFixedThreadPool(4);

	private JpaTestContext context;

	@BeforeEach
	void start() {
		this.context = new JpaTestContext(Postgres.createDatabase(), RowsContext.class);
	}

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
		this.context.close();
	}

	private <T> TestedStore store(Class<T> entity, StoreMode mode) {
		BackingStore store = new JpaBackingStoreResolver(this.context.getContext())
			.resolve(Specs.of("rows").storeMode(mode).build(), entity);
		assertThat(store).isNotNull();
		return new TestedStore(store);
	}

	@Test
	void upsertsAndDeletesDoNotDeadlock() throws Exception {
		assumeThat(MappingFeatures.isEveryTypeUpsertable()).as("Hibernate 7.4").isTrue();
		run(Rows.Plain::new, List.of(StoreMode.AUTO, StoreMode.BULK, StoreMode.AUTO), true);
	}

	@Test
	void mergesAndUpsertsDoNotDeadlock() throws Exception {
		run(Rows.Plain::new, List.of(StoreMode.MERGE, StoreMode.AUTO, StoreMode.MERGE), false);
	}

	@Test
	void updatesOfVersionsDoNotDeadlock() throws Exception {
		run(Rows.LongVersion::new, List.of(StoreMode.AUTO, StoreMode.MERGE, StoreMode.AUTO), false);
	}

	private void run(Supplier<Rows.Row> constructor, List<StoreMode> modes, boolean deletes) throws Exception {
		Class<?> entity = constructor.get().getClass();
		Map<Object, Object> all = new LinkedHashMap<>();
		LongStream.rangeClosed(1, ROWS).forEach((id) -> all.put(id, row(constructor, id, new Random())));
		store(entity, StoreMode.MERGE).flushAll(all);
		List<Future<Integer>> writers = new ArrayList<>();
		for (StoreMode mode : modes) {
			TestedStore store = store(entity, mode);
			writers.add(this.threads
				.submit(rounds(writers.size(), (random) -> flush(store, random, constructor, deletes))));
		}
		String table = (entity == Rows.Plain.class) ? "plain_row" : "long_version";
		TransactionTemplate transaction = this.context.transaction();
		writers.add(this.threads.submit(rounds(writers.size(), (random) -> update(transaction, table, random))));
		int total = 0;
		for (Future<Integer> writer : writers) {
			total += writer.get();
		}
		assertThat(total).as("seed %d", SEED).isEqualTo(writers.size() * ROUNDS_OF_ONE);
	}

	private static Callable<Integer> rounds(int writer, Consumer<Random> round) {
		Random random = new Random(SEED + writer);
		return () -> {
			int rounds = 0;
			while (rounds < ROUNDS_OF_ONE) {
				round.accept(random);
				rounds++;
			}
			return rounds;
		};
	}

	private static void flush(TestedStore store, Random random, Supplier<Rows.Row> constructor, boolean deletes) {
		Map<Object, Object> rows = new LinkedHashMap<>();
		random.longs(6, 1, ROWS + 1).forEach((id) -> rows.put(id, row(constructor, id, random)));
		try {
			if (deletes && random.nextInt(5) == 0) {
				store.deleteAll(rows.keySet());
			}
			else {
				Map<Object, Object> current = store.loadAll(rows.keySet());
				rows.replaceAll((id, row) -> change(current.getOrDefault(id, row), random));
				store.flushAll(rows);
			}
		}
		catch (OptimisticLockingFailureException ex) {
			// Ignore: another writer changed a row after it was read
		}
	}

	private static Rows.Row row(Supplier<Rows.Row> constructor, long id, Random random) {
		Rows.Row row = constructor.get();
		row.id = id;
		return change(row, random);
	}

	private static Rows.Row change(Object row, Random random) {
		((Rows.Row) row).name = "flushed " + random.nextInt();
		return (Rows.Row) row;
	}

	private void update(TransactionTemplate transaction, String table, Random random) {
		List<Long> ids = random.longs(3, 1, ROWS + 1).sorted().boxed().toList();
		transaction.executeWithoutResult((status) -> ids.forEach((id) -> this.context.jdbc()
			.update("update %s set name = ? where id = ?".formatted(table), "updated " + random.nextInt(), id)));
	}

}
