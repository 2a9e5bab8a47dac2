package io.cachepolicy.benchmarks.jmh;

import io.cachepolicy.benchmarks.Scale;
import io.cachepolicy.benchmarks.Study;
import io.cachepolicy.benchmarks.report.Report;
import io.cachepolicy.benchmarks.report.Table;

/**
 * How many deferred writes are accepted.
 */
public final class PutStudy implements Study {

	private static final String[] METHODS = { "caffeine", "caffeineAndCopy", "caffeineAndCopyByHand", "writeBack" };

	private static final String[] NAMES = { "Caffeine, bare", "Caffeine and the product's copy",
			"Caffeine and a copy by hand", "PolicyCache, write-back" };

	@Override
	public void run(Scale scale, Report report) throws Exception {
		report.section("Deferred writes", """
				Puts of %,d entities that are cached, the first ones more often (u³), in millions per second. Caffeine \
				remembers the value and nothing else. Write-back also notes that it has to be stored, so that nothing \
				is lost but by a crash, and keeps loads that it overtakes from being cached. Without a flush the \
				writes of a key coalesce. *During a flush*: the cache flushes to PostgreSQL all the time, so that most \
				writes are new ones. The flush and the database share the processors with the writers; *beside an \
				upsert* shows what that costs when the writers have nothing to do with it: a JDBC batch upsert of the \
				same rows over and over.""".formatted(Shop.SIZE));
		Scores scores = new Scores(PutBenchmark.class, scale, report);
		for (int threads : (scale == Scale.FULL) ? new int[] { 1, 8 } : new int[] { 2 }) {
			String run = Integer.toString(threads);
			scores.run(scores.options("caffeine|caffeineAndCopy.*", 2)
				.param("background", "nothing", "upsert")
				.threads(threads), run + "-caffeine", "background");
			scores.run(
					scores.options("writeBack", 2).param("background", "nothing", "upsert", "flush").threads(threads),
					run + "-write-back", "background");
			add(report, scores, threads);
		}
	}

	private static void add(Report report, Scores scores, int threads) {
		String suffix = (threads > 1) ? " x" + threads : "";
		String label = ", %d thread%s".formatted(threads, (threads > 1) ? "s" : "");
		Table table = new Table("put" + label, "puts/µs", "B", "of Caffeine and copy", "beside an upsert",
				"of Caffeine and copy", "during a flush");
		String peer = "caffeineAndCopy nothing" + suffix;
		String busyPeer = "caffeineAndCopy upsert" + suffix;
		for (int i = 0; i < METHODS.length; i++) {
			String key = METHODS[i] + " nothing" + suffix;
			String busy = METHODS[i] + " upsert" + suffix;
			boolean ours = METHODS[i].equals("writeBack");
			table.row(NAMES[i], scores.get(key), Report.format("%.0f", scores.get(key).bytes()),
					scores.ratio(key, peer), scores.get(busy), scores.ratio(busy, busyPeer),
					ours ? scores.get("writeBack flush" + suffix) : "");
		}
		report.table(table);
		String idle = "writeBack nothing" + suffix;
		String flushing = "writeBack flush" + suffix;
		report.atLeast("3: write-back put, of Caffeine and a copy" + label, 0.5, scores.ratio(idle, peer));
		report.atLeast("3: write-back put during a flush, of Caffeine and a copy beside an upsert" + label, 0.5,
				scores.ratio(flushing, busyPeer));
		report.atLeast("3: write-back put during a flush, of the same without, both beside database work" + label, 1,
				scores.ratio(flushing, "writeBack upsert" + suffix));
	}

}
