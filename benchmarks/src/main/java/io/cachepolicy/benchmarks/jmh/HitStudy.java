package io.cachepolicy.benchmarks.jmh;

import io.cachepolicy.benchmarks.Scale;
import io.cachepolicy.benchmarks.Study;
import io.cachepolicy.benchmarks.report.Report;
import io.cachepolicy.benchmarks.report.Table;

/**
 * How long a read of a cached entity takes.
 */
public final class HitStudy implements Study {

	@Override
	public void run(Scale scale, Report report) throws Exception {
		report.section("Hits",
				"""
						Reads of %,d entities of seven attributes, all cached, the first ones more often (u³), one thread; room \
						for twice as many. Nanoseconds and bytes per call. Spring's cache does not know the store, does not see \
						what the current transaction wrote, and does not convert keys; it shares the cached instance with every \
						caller, as `isolation: shared` does. Only the caches of the product, and the one that says so, count \
						hits. `copy` gives each caller an instance of its own, which the last two rows show alone."""
					.formatted(Shop.SIZE));
		Scores scores = new Scores(HitBenchmark.class, scale, report);
		scores.run(scores.options(".*", 2), "");
		Table table = new Table("get", "ns", "B", "of Spring's");
		row(table, scores, "Caffeine, bare", "caffeine");
		row(table, scores, "Spring's CaffeineCache", "spring");
		row(table, scores, "Spring's CaffeineCache, counting", "springCounting");
		row(table, scores, "PolicyCache, shared", "shared");
		row(table, scores, "PolicyCache, copy", "copy");
		row(table, scores, "the copy alone", "copyAlone");
		row(table, scores, "a copy by hand", "copyByHand");
		report.table(table);
		report.atMost("1: get, shared, of Spring's CaffeineCache", 1.5, scores.ratio("shared", "spring"));
		report.atMost("1: get, copy, of Spring's CaffeineCache", 2.5, scores.ratio("copy", "spring"));
		double wrapper = scores.get("spring").bytes();
		double copy = scores.get("copyByHand").bytes();
		report.atMost("1: get, shared, bytes beyond the wrapper", 1, scores.get("shared").bytes() - wrapper);
		report.atMost("1: get, copy, bytes beyond the wrapper and the copy", 1,
				scores.get("copy").bytes() - wrapper - copy);
	}

	private static void row(Table table, Scores scores, String name, String key) {
		table.row(name, scores.get(key), Report.format("%.1f", scores.get(key).bytes()), scores.ratio(key, "spring"));
	}

}
