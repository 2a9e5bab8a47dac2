package io.cachepolicy.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

import io.cachepolicy.benchmarks.report.Report;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs each study with next to no work: the checks of what was stored count, not the
 * times.
 */
class SmokeTests {

	@ParameterizedTest
	@MethodSource("studies")
	void studyRuns(String name, @TempDir Path directory) throws Exception {
		Report report = new Report(directory);
		Benchmarks.run(name, Scale.SMOKE, report);
		report.writeTo(directory.resolve("performance.md"), "");
		assertThat(Files.readString(directory.resolve("performance.md"))).contains("### ").contains("|---");
	}

	static Set<String> studies() {
		return Benchmarks.names();
	}

}
