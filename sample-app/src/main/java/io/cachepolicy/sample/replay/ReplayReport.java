package io.cachepolicy.sample.replay;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import io.cachepolicy.WritePolicy;

/**
 * The results of a replay as a table.
 *
 * @param results the results by policy
 */
record ReplayReport(List<ReplayResult> results) {

	private static final String HEADER = "%-13s %10s %9s %11s %12s %10s %10s %11s %9s  %s".formatted("policy",
			"operations", "hit ratio", "store reads", "store writes", "rows/batch", "coalesced", "stale reads",
			"elapsed", "table");

	boolean isCorrect() {
		return this.results.stream().allMatch(ReplayResult::isCorrect);
	}

	@Override
	public String toString() {
		return this.results.stream()
			.map(ReplayReport::line)
			.collect(Collectors.joining(System.lineSeparator(), HEADER + System.lineSeparator(), ""));
	}

	private static String line(ReplayResult result) {
		String table = (result.differences() == 0) ? "as a plain replay"
				: "%,d rows differ".formatted(result.differences());
		return "%-13s %,10d %7.1f %% %,11d %,12d %10.1f %,10d %,11d %7.1f s  %s".formatted(name(result.policy()),
				result.trace().requests(), 100 * result.hitRatio(), result.store().queries(), result.store().rows(),
				result.rowsPerBatch(), result.coalesced(), result.stale(), result.elapsed().toMillis() / 1000.0, table);
	}

	static String name(WritePolicy policy) {
		return policy.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
