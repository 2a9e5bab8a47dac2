package io.cachepolicy.transactions;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.WriteRefusedException;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.testsupport.Reservations;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Every {@link Operation} by every policy in every {@link Scenario}, for a row in every
 * {@link State}. What is expected follows from what the operation does and whether the
 * scenario lets it count:
 * <ul>
 * <li>the writer sees what it did at once, other threads only when it is committed;</li>
 * <li>in the end all see the same, cache and row are equal, versions included, and what
 * is pending is what was deferred and committed;</li>
 * <li>what was rolled back is in neither cache nor store, and holds no room.</li>
 * </ul>
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TransactionMatrixTests {

	private Fixture fixture;

	@BeforeAll
	void start() {
		this.fixture = new Fixture();
	}

	@AfterAll
	void stop() {
		this.fixture.close();
	}

	static List<Arguments> cases() {
		List<Arguments> cases = new ArrayList<>();
		for (WritePolicy policy : WritePolicy.values()) {
			for (State state : State.values()) {
				if (state.isPossible(policy)) {
					for (Operation operation : Operation.values()) {
						for (Scenario scenario : Scenario.values()) {
							cases.add(Arguments.of(policy, operation, scenario, state));
						}
					}
				}
			}
		}
		return cases;
	}

	@ParameterizedTest(name = "{0}: {1}, {2}, {3}")
	@MethodSource("cases")
	@DisplayName("R1, R2, R3: writers see their writes, others what is committed, and nothing stays of a rollback")
	void cacheAndRowsFollowTheTransaction(WritePolicy policy, Operation operation, Scenario scenario, State state) {
		Case example = new Case(this.fixture, policy, operation, scenario, state);
		example.run();
		example.verify();
	}

	@ParameterizedTest(name = "{0}")
	@EnumSource(value = Operation.class,
			names = { "PUT", "PUT_NEW", "PUT_ALL", "PUT_IF_ABSENT", "REMOVE", "WRITE_METHOD", "REMOVE_METHOD" })
	@DisplayName("W3: a full buffer fails the transaction before its commit, and all that it did")
	void fullBufferFailsTheTransaction(Operation operation) {
		Case example = new Case(this.fixture, WritePolicy.WRITE_BACK, operation, Scenario.ROLLBACK, State.CACHED);
		PendingWrites writes = Objects.requireNonNull(this.fixture.cache(WritePolicy.WRITE_BACK).findPendingWrites());
		PendingWrites.Reservation all = Objects
			.requireNonNull(Reservations.take(writes, TransactionsApplication.MAX_PENDING));
		long own = this.fixture.newId();
		try {
			assertThatExceptionOfType(WriteRefusedException.class).isThrownBy(() -> example.transaction(() -> {
				this.fixture.insert(own, "of the same transaction");
				example.work();
			}));
		}
		finally {
			all.cancel();
		}
		assertThat(this.fixture.rows(List.of(own))).isEmpty();
		example.verify();
	}

}
