package io.cachepolicy.benchmarks.jmh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.cachepolicy.benchmarks.Measure;
import io.cachepolicy.benchmarks.Scale;
import io.cachepolicy.benchmarks.report.Report;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What JMH found, by the methods of one benchmark. A method that was run several times
 * has several scores, in the order of the runs.
 */
final class Scores {

	private static final String PATHS = "\"(-D[\\w.]+=)?/[^\"]*\"";

	private final Map<String, List<Score>> scores = new TreeMap<>();

	private final Class<?> benchmark;

	private final Scale scale;

	private final Report report;

	Scores(Class<?> benchmark, Scale scale, Report report) {
		this.benchmark = benchmark;
		this.scale = scale;
		this.report = report;
	}

	/**
	 * Return options to be completed: JVMs of their own, and the time for each method.
	 * @param methods a regular expression of the methods
	 * @param forks the number of JVMs for each method in a full run
	 * @return the options
	 */
	ChainedOptionsBuilder options(String methods, int forks) {
		ChainedOptionsBuilder options = new OptionsBuilder()
			.include("^" + this.benchmark.getName().replace(".", "\\.") + "\\.(" + methods + ")$")
			.addProfiler(GCProfiler.class)
			.shouldFailOnError(true);
		if (this.scale == Scale.SMOKE) {
			// Other builds on this machine do not matter
			System.setProperty("jmh.ignoreLock", "true");
			return options.forks(0)
				.warmupIterations(0)
				.measurementIterations(1)
				.measurementTime(TimeValue.milliseconds(10))
				.verbosity(VerboseMode.SILENT);
		}
		return options.forks(forks)
			.warmupIterations(5)
			.warmupTime(TimeValue.seconds(1))
			.measurementIterations(5)
			.measurementTime(TimeValue.seconds(1));
	}

	/**
	 * Run methods, and keep their scores.
	 * @param options what to run
	 * @param name a name of this run for the file of its raw results, and, followed by
	 * the values of parameters, for its scores
	 * @param parameters the parameters that tell scores of a method apart
	 * @return these scores
	 * @throws RunnerException if a method fails
	 */
	Scores run(ChainedOptionsBuilder options, String name, String... parameters) throws RunnerException {
		Collection<RunResult> results = new Runner(options.build()).run();
		if (this.scale == Scale.FULL) {
			keep(results, "jmh-%s%s.json".formatted(this.benchmark.getSimpleName(), name.isEmpty() ? "" : "-" + name));
		}
		for (RunResult result : results) {
			StringBuilder key = new StringBuilder(result.getPrimaryResult().getLabel());
			for (String parameter : parameters) {
				key.append(' ').append(result.getParams().getParam(parameter));
			}
			if (result.getParams().getThreads() > 1) {
				key.append(" x").append(result.getParams().getThreads());
			}
			this.scores.computeIfAbsent(key.toString(), (k) -> new ArrayList<>()).add(Score.of(result));
		}
		return this;
	}

	/**
	 * Write raw results, without the paths of the machine.
	 * @param results the results
	 * @param file the name of the file
	 */
	private void keep(Collection<RunResult> results, String file) {
		ByteArrayOutputStream json = new ByteArrayOutputStream();
		try (PrintStream out = new PrintStream(json, true, StandardCharsets.UTF_8)) {
			ResultFormatFactory.getInstance(ResultFormatType.JSON, out).writeOut(results);
			Files.writeString(this.report.file(file),
					json.toString(StandardCharsets.UTF_8).replaceAll(PATHS, "\"$1...\""));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the score of a method.
	 * @param key the method, followed by the values of parameters, and the number of
	 * threads if there were several
	 * @return the last score
	 */
	Score get(String key) {
		List<Score> all = all(key);
		return all.get(all.size() - 1);
	}

	List<Score> all(String key) {
		List<Score> found = this.scores.get(key);
		if (found == null) {
			throw new IllegalArgumentException("'" + key + "' is none of " + this.scores.keySet());
		}
		return found;
	}

	/**
	 * Return the median of the ratios of two methods that took turns.
	 * @param key the method
	 * @param peer the other method
	 * @return the ratio of their scores
	 */
	double ratio(String key, String peer) {
		double[] ratios = new double[all(key).size()];
		for (int i = 0; i < ratios.length; i++) {
			ratios[i] = all(key).get(i).value() / all(peer).get(i).value();
		}
		return Measure.median(ratios);
	}

	/**
	 * A score.
	 *
	 * @param value the mean, in the unit of the benchmark
	 * @param error half of the 99.9 % confidence interval, NaN if there are too few
	 * values
	 * @param bytes the bytes allocated by an operation
	 */
	record Score(double value, double error, double bytes) {

		static Score of(RunResult result) {
			double bytes = Double.NaN;
			for (String label : result.getSecondaryResults().keySet()) {
				if (label.endsWith("gc.alloc.rate.norm")) {
					bytes = result.getSecondaryResults().get(label).getScore();
				}
			}
			return new Score(result.getPrimaryResult().getScore(), result.getPrimaryResult().getScoreError(), bytes);
		}

		@Override
		public String toString() {
			return Double.isNaN(this.error) ? Report.format("%,.1f", this.value)
					: Report.format("%,.1f ± %,.1f", this.value, this.error);
		}

	}

}
