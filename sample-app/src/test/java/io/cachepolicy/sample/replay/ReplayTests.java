package io.cachepolicy.sample.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.cachepolicy.WritePolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.ActiveProfiles;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(properties = { "cache-policy.caches.blocks.maximum-size=200", "replay.default-trace=none" })
@ActiveProfiles("replay")
@ExtendWith(OutputCaptureExtension.class)
class ReplayTests {

	private static final Path REAL_TRACE = Path.of("..", "..", "shared", "data", "cloudphysics-io.csv.gz");

	@Autowired
	private Replay replay;

	@Autowired
	private ReplayCommand command;

	@ParameterizedTest
	@EnumSource
	void generatedTraceLeavesTableOfAPlainReplay(WritePolicy policy) {
		ReplayResult result = run(new GeneratedTrace(2000, 2000), policy);
		assertThat(result.isCorrect()).as(result.toString()).isTrue();
		assertThat(result.hitRatio()).isBetween(0.01, 0.99);
		if (policy == WritePolicy.WRITE_BACK) {
			assertThat(result.coalesced()).isPositive();
			assertThat(result.rowsPerBatch()).isGreaterThan(1);
		}
		else {
			assertThat(result.coalesced()).isZero();
			assertThat(result.rowsPerBatch()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@EnumSource
	@EnabledIf("isRealTracePresent")
	void realTraceLeavesTableOfAPlainReplay(WritePolicy policy) {
		TraceFile file = new TraceFile(REAL_TRACE);
		ReplayResult result = run(() -> file.requests().limit(2000), policy);
		assertThat(result.isCorrect()).as(result.toString()).isTrue();
	}

	@Test
	void commandPrintsReport(@TempDir Path directory, CapturedOutput output) throws IOException {
		Path file = Files.writeString(directory.resolve("small.csv"), """
				version,time,op,size,lbn
				1,1,2a,512,1
				1,2,28,512,1
				1,3,2a,1024,1
				1,4,28,512,2
				""");
		assertThat(this.command.run("replay", file.toString())).isZero();
		assertThat(output).contains("small.csv: 4 operations, 2 reads, 2 writes, 2 distinct blocks")
			.contains("write-through", "write-back", "write-around")
			.contains("as a plain replay");
	}

	@Test
	void commandWhenNoFileIsNamedGeneratesTrace(CapturedOutput output) {
		assertThat(this.command.run("replay")).isZero();
		assertThat(output).contains("Generated trace, as no file was named");
	}

	@Test
	void commandWhenFileIsMissingFails(CapturedOutput output) {
		assertThat(this.command.run("replay", "missing.csv")).isEqualTo(2);
		assertThat(output).contains("missing.csv: there is no such file").doesNotContain("\tat ");
	}

	@Test
	void commandWhenFileIsDamagedFailsBeforeTheReplay(@TempDir Path directory, CapturedOutput output)
			throws IOException {
		Path file = Files.writeString(directory.resolve("damaged.csv"), """
				version,time,op,size,lbn
				1,1,2a,512,1
				1,2,28,512,x
				""");
		assertThat(this.command.run("replay", file.toString())).isEqualTo(2);
		assertThat(output).contains("damaged.csv, line 3: lbn is not a number: 'x'")
			.doesNotContain("operations")
			.doesNotContain("\tat ");
	}

	private ReplayResult run(Trace trace, WritePolicy policy) {
		return this.replay.run(trace, TraceSummary.of(trace), policy);
	}

	static boolean isRealTracePresent() {
		return Files.exists(REAL_TRACE);
	}

}
