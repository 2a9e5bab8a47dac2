package io.cachepolicy.bypass;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests transactions that defer a write of a row, and then change the row without the
 * cache.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OverwrittenDeferralTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private static final int MAX_PENDING = 2;

	/**
	 * What statements make of a ware that costs 5 and has the tag {@code a}, and of none.
	 */
	private static final Map<Bypass, List<String>> STATEMENTS = Map.ofEntries(
			Map.entry(Bypass.JPQL, List.of("2[a]", "null")), Map.entry(Bypass.CRITERIA, List.of("2[a]", "null")),
			Map.entry(Bypass.NATIVE, List.of("2[a]", "null")),
			Map.entry(Bypass.NATIVE_RETURNING, List.of("2[a]", "null")),
			Map.entry(Bypass.NATIVE_IN_QUERY, List.of("2[a]", "null")),
			Map.entry(Bypass.NATIVE_BLOCK, List.of("2[a]", "null")),
			Map.entry(Bypass.NATIVE_OF_COLLECTION, List.of("5[a, b]")),
			Map.entry(Bypass.UPSERT_IN_SQL, List.of("2[a]", "2[]")),
			Map.entry(Bypass.JPQL_DELETE, List.of("null", "null")),
			Map.entry(Bypass.DELETE_IN_BATCH, List.of("null", "null")),
			Map.entry(Bypass.DELETE_BY_ID_IN_BATCH, List.of("null", "null")));

	private final Map<Boolean, Application> applications = new HashMap<>();

	@AfterAll
	void stop() {
		this.applications.values().forEach((application) -> application.context().close());
	}

	private Application application(boolean coalesce) {
		Application application = this.applications.computeIfAbsent(coalesce, Application::start);
		application.clean();
		return application;
	}

	static Stream<Arguments> cases() {
		return Stream.of(true, false)
			.flatMap((coalesce) -> Stream.of(0, 1)
				.flatMap((room) -> Stream.of(Bypass.values())
					.flatMap((bypass) -> Stream.of(Deferral.values())
						.filter((first) -> first == Deferral.PUT || bypass != Bypass.NATIVE_OF_COLLECTION)
						.map((first) -> Arguments.of(coalesce, room, first, bypass)))));
	}

	@ParameterizedTest
	@MethodSource("cases")
	@DisplayName("W1: a later change without the cache counts, and a statement is executed on what was deferred")
	void laterChangeCounts(boolean coalesce, int room, Deferral first, Bypass bypass) {
		Application application = application(coalesce);
		application.fill(MAX_PENDING - room);
		List<String> ofStatement = STATEMENTS.get(bypass);
		String expected = (ofStatement != null) ? ofStatement.get(first.ordinal()) : bypass.result();
		application.transaction().executeWithoutResult((status) -> {
			first.defer(application.wares());
			bypass.change(application.access());
			assertThat(application.text()).isEqualTo(expected);
		});
		assertThat(application.text()).isEqualTo(expected);
		if (ofStatement == null) {
			assertThat(application.wares().pendingWrites()).isEqualTo(MAX_PENDING - room);
		}
		application.flush();
		assertThat(application.stored()).isEqualTo(expected);
		assertThat(application.text()).isEqualTo(expected);
	}

	@ParameterizedTest
	@MethodSource("cases")
	@DisplayName("W1: what a rollback to a savepoint takes back does not replace what was deferred before")
	void changeThatIsTakenBackDoesNotCount(boolean coalesce, int room, Deferral first, Bypass bypass) {
		Application application = application(coalesce);
		application.fill(MAX_PENDING - room);
		String expected = (first == Deferral.PUT) ? "5[a]" : "null";
		application.transaction().executeWithoutResult((status) -> {
			first.defer(application.wares());
			application.nested().executeWithoutResult((nested) -> {
				bypass.change(application.access());
				application.access().manager().flush();
				application.access().manager().clear();
				nested.setRollbackOnly();
			});
			assertThat(application.text()).isEqualTo(expected);
		});
		assertThat(application.text()).isEqualTo(expected);
		application.flush();
		assertThat(application.stored()).isEqualTo(expected);
	}

	@ParameterizedTest
	@MethodSource("cases")
	@DisplayName("W2: a transaction that rolls back leaves nothing of either")
	void rollbackLeavesNothing(boolean coalesce, int room, Deferral first, Bypass bypass) {
		Application application = application(coalesce);
		application.fill(MAX_PENDING - room);
		application.transaction().executeWithoutResult((status) -> {
			first.defer(application.wares());
			bypass.change(application.access());
			status.setRollbackOnly();
		});
		assertThat(application.text()).isEqualTo("1[a]");
		application.flush();
		assertThat(application.stored()).isEqualTo("1[a]");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("W1: a removal after a change of the managed instance counts")
	void removalAfterAChangeCounts(boolean flushed) {
		Application application = application(true);
		application.transaction().executeWithoutResult((status) -> {
			application.access().find().setPrice(7);
			if (flushed) {
				application.access().manager().flush();
			}
			application.wares().remove(1L);
		});
		assertThat(application.text()).isEqualTo("null");
		application.flush();
		assertThat(application.stored()).isEqualTo("null");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("W1: a put after a change without the cache counts")
	void putAfterAChangeCounts(boolean flushed) {
		Application application = application(true);
		application.transaction().executeWithoutResult((status) -> {
			application.access().find().setPrice(7);
			if (flushed) {
				application.access().manager().flush();
			}
			Deferral.PUT.defer(application.wares());
		});
		application.flush();
		assertThat(application.stored()).isEqualTo("5[a]");
	}

	@Test
	@DisplayName("W1: a put after a statement counts")
	void putAfterAStatementCounts() {
		Application application = application(true);
		application.transaction().executeWithoutResult((status) -> {
			Deferral.REMOVAL.defer(application.wares());
			Bypass.JPQL.change(application.access());
			Deferral.PUT.defer(application.wares());
		});
		assertThat(application.wares().pendingWrites()).as("over a row that the transaction removed").isZero();
		application.flush();
		assertThat(application.stored()).isEqualTo("5[a]");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1 })
	@DisplayName("W1: an instance that is written while it is managed does not come back over a statement")
	void statementAfterAManagedValueCounts(int room) {
		Application application = application(true);
		application.fill(MAX_PENDING - room);
		application.transaction().executeWithoutResult((status) -> {
			Ware ware = application.access().find();
			ware.setPrice(7);
			application.wares().put(1L, ware);
			application.access().sql("update ware set price = price + 1 where id = 1");
		});
		application.flush();
		assertThat(application.stored()).isEqualTo("8[a]");
		assertThat(application.text()).isEqualTo("8[a]");
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1 })
	@DisplayName("W1: an instance that is written while it is managed does not come back after its row is deleted")
	void deletionAfterAManagedValueCounts(int room) {
		Application application = application(true);
		application.fill(MAX_PENDING - room);
		application.transaction().executeWithoutResult((status) -> {
			Ware ware = application.access().find();
			ware.setPrice(7);
			application.wares().put(1L, ware);
			application.access().manager().remove(ware);
		});
		application.flush();
		assertThat(application.stored()).isEqualTo("null");
		assertThat(application.text()).isEqualTo("null");
	}

	/**
	 * A write that is deferred until the transaction has committed.
	 */
	enum Deferral {

		PUT {

			@Override
			void defer(PolicyCache wares) {
				Ware ware = new Ware(1, 5);
				ware.getTags().add("a");
				wares.put(1L, ware);
			}

		},

		REMOVAL {

			@Override
			void defer(PolicyCache wares) {
				wares.remove(1L);
			}

		};

		abstract void defer(PolicyCache wares);

	}

	/**
	 * An application whose cache has room for few pending writes.
	 *
	 * @param context its context
	 * @param transaction a transaction
	 * @param nested a transaction inside of it, which ends at a savepoint
	 * @param access what it has of JPA
	 */
	private record Application(ConfigurableApplicationContext context, TransactionTemplate transaction,
			TransactionTemplate nested, Bypass.Access access) {

		static Application start(boolean coalesce) {
			ConfigurableApplicationContext context = BypassApplication.start(
					"spring.main.sources=io.cachepolicy.testsupport.NestedTransactions",
					"cache-policy.defaults.write-back.coalesce=" + coalesce,
					"cache-policy.defaults.write-back.max-pending=" + MAX_PENDING,
					"cache-policy.defaults.write-back.overflow=write-through",
					"cache-policy.defaults.write-back.retry.max-attempts=100000",
					"cache-policy.defaults.write-back.retry.max-interval=50ms", "logging.level.io.cachepolicy=off");
			PlatformTransactionManager manager = context.getBean(PlatformTransactionManager.class);
			TransactionTemplate nested = new TransactionTemplate(manager);
			nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
			EntityManager shared = SharedEntityManagerCreator
				.createSharedEntityManager(context.getBean(EntityManagerFactory.class));
			return new Application(context, new TransactionTemplate(manager), nested,
					new Bypass.Access(context.getBean(WareRepository.class), shared));
		}

		void clean() {
			flush();
			jdbc().execute("truncate table ware, ware_tags, crate, machine, robot cascade");
			jdbc().execute("insert into crate (id) values (1)");
			jdbc().execute("insert into ware (id, price, stock, crate) values (1, 1, 0, 1)");
			jdbc().execute("insert into ware_tags (ware_id, tags) values (1, 'a')");
			this.context.getBean(PolicyCacheManager.class).invalidate(Ware.class);
			text();
		}

		/**
		 * Let writes be pending that the database refuses.
		 */
		void fill(int count) {
			jdbc().execute("alter table ware add constraint cheap check (price < 100)");
			for (long id = 100; id < 100 + count; id++) {
				wares().put(id, new Ware(id, 500));
			}
		}

		void flush() {
			jdbc().execute("alter table ware drop constraint if exists cheap");
			assertThat(wares().flush(TIMEOUT).remaining()).isZero();
			wares().deadLetters()
				.stream()
				.peek((letter) -> assertThat(letter.key()).isNotEqualTo(1L))
				.forEach(wares()::discard);
		}

		JdbcTemplate jdbc() {
			return this.context.getBean(JdbcTemplate.class);
		}

		PolicyCache wares() {
			return Objects.requireNonNull(this.context.getBean(PolicyCacheManager.class).getCache("write-back"));
		}

		String text() {
			return String.valueOf(wares().get(1L, Ware.class));
		}

		String stored() {
			return String.valueOf(this.access.repository().findById(1L).orElse(null));
		}

	}

}
