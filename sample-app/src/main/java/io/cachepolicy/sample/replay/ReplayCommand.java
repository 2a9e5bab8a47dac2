package io.cachepolicy.sample.replay;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.cachepolicy.WritePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * The command {@code replay [<file>]}: runs a trace once per write policy, prints a table
 * and says whether all of them were correct.
 */
@Component
@Profile("replay")
public class ReplayCommand {

	private static final String NAME = "replay";

	private static final int CORRECT = 0;

	private static final int INCORRECT = 1;

	private static final int UNREADABLE = 2;

	// So that the first policy is not the slowest for being the first
	private static final Trace WARM_UP = new GeneratedTrace(3_000, 20_000);

	private static final Logger logger = LoggerFactory.getLogger(ReplayCommand.class);

	private final Replay replay;

	private final Path defaultTrace;

	ReplayCommand(Replay replay, @Value("${replay.default-trace}") Path defaultTrace) {
		this.replay = replay;
		this.defaultTrace = defaultTrace;
	}

	/**
	 * Return whether the arguments of the application are those of this command.
	 * @param args the arguments
	 * @return whether the application was started for a replay
	 */
	public static boolean isRequested(String... args) {
		return args.length > 0 && NAME.equals(args[0]);
	}

	/**
	 * Run the command.
	 * @param args the arguments of the application
	 * @return the exit status: 0 if reads and tables were as they have to be for all
	 * policies, 1 if they were not, 2 if the trace can't be read
	 */
	public int run(String... args) {
		try {
			return replay(trace(args)).isCorrect() ? CORRECT : INCORRECT;
		}
		catch (TraceException ex) {
			logger.error(ex.getMessage());
			return UNREADABLE;
		}
		catch (RuntimeException ex) {
			logger.error("The replay failed", ex);
			return INCORRECT;
		}
	}

	private Trace trace(String... args) {
		List<String> files = new DefaultApplicationArguments(args).getNonOptionArgs();
		files = files.subList(1, files.size());
		if (files.size() > 1) {
			throw new TraceException("Usage: replay [<file>]");
		}
		if (files.size() == 1) {
			return new TraceFile(Path.of(files.get(0)));
		}
		if (Files.exists(this.defaultTrace)) {
			return new TraceFile(this.defaultTrace);
		}
		return new GeneratedTrace(8_000, 20_000);
	}

	private ReplayReport replay(Trace trace) {
		TraceSummary summary = TraceSummary.of(trace);
		logger.info("%s: %,d operations, %,d reads, %,d writes, %,d distinct blocks".formatted(trace,
				summary.requests(), summary.reads(), summary.writes(), summary.blocks()));
		TraceSummary warmUp = TraceSummary.of(WARM_UP);
		if (summary.requests() > warmUp.requests()) {
			logger.info("Warming up");
			run(WARM_UP, warmUp);
		}
		ReplayReport report = run(trace, summary);
		logger.info("{}{}", System.lineSeparator(), report);
		return report;
	}

	private ReplayReport run(Trace trace, TraceSummary summary) {
		return new ReplayReport(
				Stream.of(WritePolicy.values()).map((policy) -> this.replay.run(trace, summary, policy)).toList());
	}

}
