package io.cachepolicy.bypass;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
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
 * Tests transactions that defer writes of crates, which cascade to wares, and of these
 * wares, where each cache has room or not.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CascadedDeferralTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private static final int MAX_PENDING = 2;

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

	/**
	 * Return orders of two and three writes. A managed instance can't be changed once its
	 * row is removed, and a graph is stored over such a change.
	 * @return the cases
	 */
	static Stream<Arguments> cases() {
		List<List<Step>> orders = Stream.of(Step.values())
			.flatMap((first) -> Stream.of(Step.values())
				.flatMap((second) -> Stream.concat(Stream.of(List.of(first, second)),
						Stream.of(Step.values()).map((third) -> List.of(first, second, third)))))
			.filter((steps) -> IntStream.range(1, steps.size()).noneMatch((i) -> steps.get(i) == steps.get(i - 1)))
			.filter((steps) -> !steps.contains(Step.REMOVE)
					|| steps.indexOf(Step.REMOVE) > steps.lastIndexOf(Step.DIRTY))
			.filter((steps) -> steps.get(steps.size() - 1) != Step.DIRTY || !steps.contains(Step.CASCADE))
			.toList();
		return Stream.of(true, false)
			.flatMap((coalesce) -> Stream.of(0, 1)
				.flatMap((crates) -> Stream.of(0, 1)
					.flatMap((wares) -> orders.stream().map((steps) -> Arguments.of(coalesce, crates, wares, steps)))));
	}

	@ParameterizedTest
	@MethodSource("cases")
	@DisplayName("W1: a write of a row counts that is later than one that cascades to it, and the other way round")
	void laterWriteCounts(boolean coalesce, int roomOfCrates, int roomOfWares, List<Step> steps) {
		Application application = application(coalesce);
		application.fill(MAX_PENDING - roomOfCrates, MAX_PENDING - roomOfWares);
		application.transaction()
			.executeWithoutResult(
					(status) -> IntStream.range(0, steps.size()).forEach((i) -> steps.get(i).run(application, 6 + i)));
		String expected = (steps.get(steps.size() - 1) != Step.REMOVE) ? (5 + steps.size()) + "[a]" : "null";
		application.flush();
		assertThat(application.stored()).isEqualTo(expected);
		assertThat(application.text()).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "0, 0", "0, 1", "1, 0", "1, 1" })
	@DisplayName("W1: a later write counts that is what the session has loaded, and not what is in the row meanwhile")
	void laterWriteOfWhatIsLoadedCounts(int roomOfCrates, int roomOfWares) {
		Application application = application(true);
		application.fill(MAX_PENDING - roomOfCrates, MAX_PENDING - roomOfWares);
		application.transaction().executeWithoutResult((status) -> {
			assertThat(application.access().find()).hasToString("1[a]");
			Step.CASCADE.run(application, 6);
			Step.PUT.run(application, 1);
		});
		application.flush();
		assertThat(application.stored()).isEqualTo("1[a]");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("W1: a statement is executed on a later write of a row, not on one that cascades to it")
	void statementFindsTheLaterWrite(boolean takenBack) {
		Application application = application(true);
		application.transaction().executeWithoutResult((status) -> {
			Step.CASCADE.run(application, 6);
			Step.PUT.run(application, 7);
			application.nested().executeWithoutResult((nested) -> {
				application.access().sql("update ware set price = price + 10 where id = 1");
				if (takenBack) {
					nested.setRollbackOnly();
				}
			});
			assertThat(application.text()).isEqualTo((takenBack) ? "7[a]" : "17[a]");
		});
		application.flush();
		assertThat(application.stored()).isEqualTo((takenBack) ? "7[a]" : "17[a]");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("W1: a row that is saved at once counts, though an earlier write that cascades to it was deferred")
	void rowThatIsSavedAtOnceCounts(boolean removed) {
		Application application = application(true);
		PolicyCache through = application.cache("write-through");
		application.transaction().executeWithoutResult((status) -> {
			Step.CASCADE.run(application, 6);
			if (removed) {
				through.remove(1L);
			}
			else {
				through.put(1L, Step.ware(7));
			}
		});
		application.flush();
		assertThat(application.stored()).isEqualTo((removed) ? "null" : "7[a]");
	}

	/**
	 * A write of a ware.
	 */
	enum Step {

		PUT {

			@Override
			void run(Application application, int price) {
				application.wares().put(1L, ware(price));
			}

		},

		CASCADE {

			@Override
			void run(Application application, int price) {
				Crate crate = new Crate(1);
				crate.getWares().add(ware(price));
				application.crates().put(1L, crate);
			}

		},

		REMOVE {

			@Override
			void run(Application application, int price) {
				application.wares().remove(1L);
			}

		},

		DIRTY {

			@Override
			void run(Application application, int price) {
				application.access().find().setPrice(price);
			}

		};

		private static Ware ware(int price) {
			Ware ware = new Ware(1, price);
			ware.getTags().add("a");
			return ware;
		}

		abstract void run(Application application, int price);

	}

	/**
	 * An application whose caches have room for few pending writes.
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
					"cache-policy.caches.crates.entity=" + Crate.class.getName(),
					"cache-policy.caches.crates.policy=write-back",
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
			this.context.getBean(PolicyCacheManager.class).invalidate(Crate.class);
			text();
		}

		/**
		 * Let writes be pending that the database refuses.
		 */
		void fill(int ofCrates, int ofWares) {
			jdbc().execute("alter table crate add constraint few check (id < 100)");
			jdbc().execute("alter table ware add constraint cheap check (price < 100)");
			for (long id = 100; id < 100 + ofCrates; id++) {
				crates().put(id, new Crate(id));
			}
			for (long id = 100; id < 100 + ofWares; id++) {
				wares().put(id, new Ware(id, 500));
			}
		}

		void flush() {
			jdbc().execute("alter table crate drop constraint if exists few");
			jdbc().execute("alter table ware drop constraint if exists cheap");
			assertThat(this.context.getBean(PolicyCacheManager.class).flush(TIMEOUT).remaining()).isZero();
			List.of(crates(), wares()).forEach((cache) -> cache.deadLetters().forEach(cache::discard));
		}

		JdbcTemplate jdbc() {
			return this.context.getBean(JdbcTemplate.class);
		}

		PolicyCache wares() {
			return cache("write-back");
		}

		PolicyCache crates() {
			return cache("crates");
		}

		private PolicyCache cache(String name) {
			return Objects.requireNonNull(this.context.getBean(PolicyCacheManager.class).getCache(name));
		}

		String text() {
			return String.valueOf(wares().get(1L, Ware.class));
		}

		String stored() {
			return String.valueOf(this.access.repository().findById(1L).orElse(null));
		}

	}

}
