package io.cachepolicy.history;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Linearizability}, with histories known to be right or wrong.
 */
class LinearizabilityTests {

	private static final long NEVER = Action.NEVER;

	private static Action read(@Nullable String value, long invocation, long response) {
		return Action.read(0, value, invocation, response);
	}

	private static Action write(@Nullable String value, long invocation, long response) {
		return Action.write(0, value, invocation, response);
	}

	private static boolean holds(Action... history) {
		return Linearizability.holds(List.of(history), "0");
	}

	@Test
	void oneAfterTheOther() {
		assertThat(holds()).isTrue();
		assertThat(holds(read("0", 1, 2), write("a", 3, 4), read("a", 5, 6), write(null, 7, 8), read(null, 9, 10)))
			.isTrue();
	}

	@Test
	void readDuringAWriteSeesEither() {
		assertThat(holds(write("a", 1, 4), read("0", 2, 3), read("a", 5, 6))).isTrue();
		assertThat(holds(write("a", 1, 4), read("a", 2, 3), read("a", 5, 6))).isTrue();
	}

	@Test
	void overlappingWritesTakeAnyOrder() {
		assertThat(holds(write("a", 1, 5), write("b", 2, 4), read("a", 6, 7))).isTrue();
		assertThat(holds(write("a", 1, 5), write("b", 2, 4), read("b", 6, 7))).isTrue();
		assertThat(holds(write("a", 1, 9), write("b", 2, 8), read("b", 3, 4), read("a", 5, 6), read("a", 10, 11)))
			.isTrue();
	}

	@Test
	void staleReadIsWrong() {
		assertThat(holds(write("a", 1, 2), read("0", 3, 4))).isFalse();
		assertThat(holds(write("a", 1, 2), write("b", 3, 4), read("a", 5, 6))).isFalse();
	}

	@Test
	void lostUpdateIsWrong() {
		assertThat(holds(write("a", 1, 2), read("a", 3, 4), write("b", 5, 6), read("a", 7, 8), read("a", 9, 10)))
			.isFalse();
		assertThat(holds(write("a", 1, 4), write("b", 2, 3), read("0", 5, 6))).isFalse();
	}

	@Test
	void valueFromNowhereIsWrong() {
		assertThat(holds(write("a", 1, 2), read("x", 3, 4))).isFalse();
		assertThat(holds(read(null, 1, 2))).isFalse();
		assertThat(holds(read("a", 1, 2), write("a", 3, 4))).as("before it was written").isFalse();
	}

	@Test
	void readThatGoesBackIsWrong() {
		assertThat(holds(write("a", 1, 10), read("a", 2, 3), read("0", 4, 5))).isFalse();
		assertThat(holds(write("a", 1, 20), write("b", 2, 21), read("a", 3, 4), read("b", 5, 6), read("a", 7, 8)))
			.isFalse();
	}

	@Test
	void unknownWriteMayHaveAnyEffect() {
		assertThat(holds(write("a", 1, NEVER), read("0", 2, 3))).as("none").isTrue();
		assertThat(holds(write("a", 1, NEVER), read("a", 2, 3))).as("at once").isTrue();
		assertThat(holds(write("a", 1, NEVER), read("0", 2, 3), write("b", 4, 5), read("b", 6, 7), read("a", 8, 9)))
			.as("late")
			.isTrue();
		assertThat(holds(read("a", 1, 2), write("a", 3, NEVER))).as("before it began").isFalse();
		assertThat(holds(write("a", 1, NEVER), read("a", 2, 3), read("0", 4, 5))).as("and not any more").isFalse();
	}

	@Test
	void longHistoriesOfARegisterAreRightAndWithOneReadChangedWrong() {
		for (long seed = 0; seed < 50; seed++) {
			List<Action> history = registerHistory(new Random(seed));
			assertThat(Linearizability.holds(history, "0")).as("seed %d", seed).isTrue();
			int last = history.size() - 1;
			Action read = history.get(last);
			assertThat(read.write()).isFalse();
			String other = history.stream()
				.filter((action) -> action.write() && action.response() < history.get(last - 1).invocation())
				.map(Action::value)
				.findFirst()
				.orElseThrow();
			history.set(last, Action.read(read.thread(), other, read.invocation(), read.response()));
			Collections.shuffle(history, new Random(seed));
			assertThat(Linearizability.holds(history, "0")).as("seed %d with a stale read", seed).isFalse();
		}
	}

	/**
	 * Simulate threads on a register: each begins, has its effect, and ends at random. A
	 * write and a read of it come last.
	 */
	private static List<Action> registerHistory(Random random) {
		int threads = 6;
		List<Action> history = new ArrayList<>();
		long[] invocations = new long[threads];
		boolean[] writes = new boolean[threads];
		String[] values = new String[threads];
		int[] steps = new int[threads];
		String register = "0";
		long time = 0;
		while (history.size() < 150) {
			int thread = random.nextInt(threads);
			switch (steps[thread]++ % 3) {
				case 0 -> {
					invocations[thread] = ++time;
					writes[thread] = random.nextInt(3) == 0;
					values[thread] = "v" + time;
				}
				case 1 -> {
					register = (writes[thread]) ? values[thread] : register;
					values[thread] = register;
				}
				default -> history.add(new Action(thread, writes[thread], values[thread], invocations[thread], ++time));
			}
		}
		for (int thread = 0; thread < threads; thread++) {
			if (steps[thread] % 3 != 0) {
				history.add(
						Action.write(thread, (writes[thread]) ? values[thread] : "unused", invocations[thread], NEVER));
			}
		}
		history.add(Action.write(0, "last", ++time, ++time));
		history.add(Action.read(0, "last", ++time, ++time));
		return history;
	}

}
