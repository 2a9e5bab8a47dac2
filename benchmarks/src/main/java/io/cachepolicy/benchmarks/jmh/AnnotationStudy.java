package io.cachepolicy.benchmarks.jmh;

import io.cachepolicy.benchmarks.Scale;
import io.cachepolicy.benchmarks.Study;
import io.cachepolicy.benchmarks.report.Report;
import io.cachepolicy.benchmarks.report.Table;

/**
 * How long a call of a cached method takes that finds the value in the cache.
 */
public final class AnnotationStudy implements Study {

	@Override
	public void run(Scale scale, Report report) throws Exception {
		report.section("Annotated methods",
				"""
						Calls of a method with `key = "#id"` through the proxy of its bean, all hits of %,d entities, one \
						thread. Nanoseconds and bytes per call. `@Cacheable` is in a context with a `CaffeineCacheManager` and \
						nothing else; it shares the cached instance with all callers, lets every thread load a missing key \
						unless it says `sync`, and knows neither transactions nor store. `@PolicyCached` loads once per key; it \
						copies unless `isolation` is `shared`."""
					.formatted(Shop.SIZE));
		Scores scores = new Scores(AnnotationBenchmark.class, scale, report);
		scores.run(scores.options(".*", 2), "");
		Table table = new Table("method", "ns", "B", "times as fast as @Cacheable");
		row(table, scores, "@Cacheable", "cacheable");
		row(table, scores, "@Cacheable(sync = true)", "cacheableSync");
		row(table, scores, "@PolicyCached, shared", "policyCachedShared");
		row(table, scores, "@PolicyCached, copy", "policyCachedCopy");
		report.table(table);
		report.atLeast("2: annotated hit, shared, times as fast as @Cacheable", 2,
				scores.ratio("cacheable", "policyCachedShared"));
		report.atLeast("2: annotated hit, copy, times as fast as @Cacheable", 2,
				scores.ratio("cacheable", "policyCachedCopy"));
	}

	private static void row(Table table, Scores scores, String name, String key) {
		table.row(name, scores.get(key), Report.format("%.0f", scores.get(key).bytes()),
				scores.ratio("cacheable", key));
	}

}
