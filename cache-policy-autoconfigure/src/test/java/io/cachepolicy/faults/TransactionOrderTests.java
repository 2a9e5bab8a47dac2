package io.cachepolicy.faults;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import io.cachepolicy.DeadLetter;
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
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.OptimisticLockingFailureException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests transactions that write one row twice, with copies and with the instance that JPA
 * manages, where there is room for both, for one or for none.
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
		String expected = (second != Step.REMOVE) ? "second@1" : null;
		assertThat(textOf(volumes)).isEqualTo(expected);
		application.faults().end();
		FlushReport report = application.manager().flush(TIMEOUT);
		assertThat(report.failed()).isZero();
		assertThat(report.remaining()).isZero();
		assertThat(application.others().queryForList("select text from volume where id = ?", String.class, this.id))
			.isEqualTo((expected != null) ? List.of(expected) : List.of());
		assertThat(textOf(volumes)).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2 })
	@DisplayName("W7: what a transaction changes without the cache is not overwritten by what it deferred before")
	void changeAfterADeferredWriteIsNotOverwritten(int room) {
		Application application = application(COALESCING);
		ManagedPolicyCache volumes = application.cache(Application.VOLUMES);
		fill(application, room);
		Runnable transaction = () -> application.transaction().executeWithoutResult((status) -> {
			Step.COPY.run(application, this.id, "first@1");
			change(Objects.requireNonNull(application.findManaged(this.id)), "second@1");
		});
		if (room == 0) {
			assertThatExceptionOfType(OptimisticLockingFailureException.class).isThrownBy(transaction::run)
				.withMessageContaining("Cache 'volumes' can't write values of keys [" + this.id + "] through");
		}
		else {
			transaction.run();
		}
		application.faults().end();
		application.manager().flush(TIMEOUT);
		assertThat(textOf(volumes)).isEqualTo((room == 0) ? "before@1" : "second@1");
		assertThat(volumes.deadLetters()).extracting(DeadLetter::kind)
			.isEqualTo((room == 0) ? List.of() : List.of(DeadLetter.Kind.CONFLICT));
		volumes.deadLetters().forEach(volumes::discard);
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

		};

		abstract void run(Application application, long id, String text);

	}

}
