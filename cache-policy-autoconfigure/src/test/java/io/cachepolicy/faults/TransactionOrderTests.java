package io.cachepolicy.faults;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import io.cachepolicy.FlushReport;
import io.cachepolicy.cache.ManagedPolicyCache;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests transactions that write one row twice, with copies, with the instance that JPA
 * manages and without the cache, where there is room for both, for one or for none.
 */
class TransactionOrderTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private static final int COALESCING = 7;

	private static final int NOT_COALESCING = 3;

	private static final Map<Integer, Application> applications = new HashMap<>();

	private static final AtomicLong ids = new AtomicLong(10);

	private final long id = ids.incrementAndGet();

	@AfterAll
	static void stop() {
		applications.values().forEach(Application::close);
		applications.clear();
	}

	static Stream<Arguments> cases() {
		return Stream.of(COALESCING, NOT_COALESCING)
			.flatMap((setup) -> Stream.of(Step.values())
				.flatMap((first) -> Stream.of(Step.values())
					.filter((second) -> first != Step.DELETE || !second.isOfManaged())
					.flatMap((second) -> Stream.of(0, 1, 2)
						.map((room) -> Arguments.arguments(setup, first, second, room)))));
	}

	@BeforeEach
	void start() {
		for (int setup : new int[] { COALESCING, NOT_COALESCING }) {
			applications.computeIfAbsent(setup, (key) -> {
				Application application = new Application(Setup.ALL.get(setup), H2FaultsTests.newDatabase());
				application.cache(Application.SHELVES).put(1L, new Shelf(1L, "shelf"));
				application.manager().flush(TIMEOUT);
				return application;
			});
		}
	}

	@AfterEach
	void endFaults() {
		applications.values().forEach((application) -> {
			application.faults().end();
			application.manager().flush(TIMEOUT);
		});
	}

	private static Application application(int setup) {
		return Objects.requireNonNull(applications.get(setup));
	}

	@ParameterizedTest
	@MethodSource("cases")
	@DisplayName("W1: the last write of a row in a transaction counts, however it is made and however much room there is")
	void lastWriteOfATransactionCounts(int setup, Step first, Step second, int room) {
		Application application = application(setup);
		ManagedPolicyCache volumes = application.cache(Application.VOLUMES);
		fill(application, room);
		application.transaction().executeWithoutResult((status) -> {
			first.run(application, this.id, "first@1");
			second.run(application, this.id, "second@1");
		});
		String expected = (second != Step.REMOVE && second != Step.DELETE) ? "second@1" : null;
		assertThat(textOf(volumes)).isEqualTo(expected);
		application.faults().end();
		FlushReport report = application.manager().flush(TIMEOUT);
		assertThat(report.failed()).isZero();
		assertThat(report.remaining()).isZero();
		assertThat(application.others().queryForList("select text from volume where id = ?", String.class, this.id))
			.isEqualTo((expected != null) ? List.of(expected) : List.of());
		assertThat(textOf(volumes)).isEqualTo(expected);
	}

	private @Nullable String textOf(ManagedPolicyCache volumes) {
		return Rows.textOf(volumes.get(this.id, Volume.class));
	}

	/**
	 * Store a row, and leave so much room for others while nothing can be flushed.
	 */
	private void fill(Application application, int room) {
		ManagedPolicyCache volumes = application.cache(Application.VOLUMES);
		volumes.put(this.id, change(new Volume(this.id), "before@1"));
		assertThat(application.manager().flush(TIMEOUT).remaining()).isZero();
		application.faults().begin(new Plan(new Rule(Point.EXECUTE, Fault.OF_STORE.get(0), 0, Rule.NEVER_ENDS)));
		for (int i = room; i < application.setup().maxPending(); i++) {
			long other = ids.incrementAndGet();
			volumes.put(other, change(new Volume(other), "other@1"));
		}
	}

	private static Volume change(Volume volume, String text) {
		volume.change(new Shelf(1L, "reference"), text);
		return volume;
	}

	/**
	 * A write of a row.
	 */
	enum Step {

		COPY {

			@Override
			void run(Application application, long id, String text) {
				ManagedPolicyCache volumes = application.cache(Application.VOLUMES);
				Volume read = volumes.get(id, Volume.class);
				volumes.put(id, change((read != null) ? read : new Volume(id), text));
			}

		},

		MANAGED {

			@Override
			void run(Application application, long id, String text) {
				Volume managed = Objects.requireNonNull(application.findManaged(id));
				application.cache(Application.VOLUMES).put(id, change(managed, text));
			}

		},

		REMOVE {

			@Override
			void run(Application application, long id, String text) {
				application.cache(Application.VOLUMES).remove(id);
			}

		},

		DIRTY {

			@Override
			void run(Application application, long id, String text) {
				change(Objects.requireNonNull(application.findManaged(id)), text);
			}

		},

		DELETE {

			@Override
			void run(Application application, long id, String text) {
				application.delete(id);
			}

		};

		boolean isOfManaged() {
			return this == MANAGED || this == DIRTY;
		}

		abstract void run(Application application, long id, String text);

	}

}
