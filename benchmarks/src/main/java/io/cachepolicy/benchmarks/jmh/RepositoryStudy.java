package io.cachepolicy.benchmarks.jmh;

import java.util.function.ToDoubleFunction;

import io.cachepolicy.benchmarks.Measure;
import io.cachepolicy.benchmarks.Scale;
import io.cachepolicy.benchmarks.Study;
import io.cachepolicy.benchmarks.jmh.Scores.Score;
import io.cachepolicy.benchmarks.report.Report;
import io.cachepolicy.benchmarks.report.Table;

/**
 * How long a read by id takes that finds the entity in the cache, of a repository and of
 * a service.
 */
public final class RepositoryStudy implements Study {

	@Override
	public void run(Scale scale, Report report) throws Exception {
		report.section("Annotated repositories",
				"""
						`findById` of a Spring Data repository, and a service method with `key = "#id"`, through the proxies of \
						their beans, all hits of %,d entities, one thread. Nanoseconds and bytes per call. `@Cacheable` on a \
						`CaffeineCacheManager` shares the cached instance with all callers, as `isolation: shared` does; on a \
						repository it stands on a method that is declared again. `@PolicyCached` stands on the interface. Medians \
						of runs in JVMs of their own; a ratio is the median of the ratios of runs of one round."""
					.formatted(Shop.SIZE));
		Scores scores = new Scores(RepositoryBenchmark.class, scale, report);
		for (int round = 0; round < scale.of(5, 1); round++) {
			scores.run(scores.options(".*", 1), "round-" + round);
		}
		Table table = new Table("hit", "ns", "B", "of @Cacheable, service", "of @Cacheable, repository");
		row(table, scores, "@Cacheable, service", "cacheableService");
		row(table, scores, "@Cacheable, repository", "cacheableRepository");
		row(table, scores, "@PolicyCached, service, shared", "serviceShared");
		row(table, scores, "@PolicyCached, service, copy", "serviceCopy");
		row(table, scores, "@PolicyCached, repository, shared", "repositoryShared");
		row(table, scores, "@PolicyCached, repository, copy", "repositoryCopy");
		report.table(table);
	}

	private static void row(Table table, Scores scores, String name, String key) {
		table.row(name, Report.format("%.0f", median(scores, key, Score::value)),
				Report.format("%.0f", median(scores, key, Score::bytes)), scores.ratio(key, "cacheableService"),
				scores.ratio(key, "cacheableRepository"));
	}

	private static double median(Scores scores, String key, ToDoubleFunction<Score> value) {
		return Measure.median(scores.all(key).stream().mapToDouble(value).toArray());
	}

}
