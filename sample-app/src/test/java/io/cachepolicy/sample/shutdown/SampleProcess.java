package io.cachepolicy.sample.shutdown;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.cachepolicy.sample.SampleApplication;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.awaitility.Awaitility;

/**
 * The sample as a process of its own.
 */
final class SampleProcess implements AutoCloseable {

	private static final Duration START_TIMEOUT = Duration.ofMinutes(3);

	private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

	private final Path log;

	private final Process process;

	private final URI address;

	private SampleProcess(Path log, Process process) {
		this.log = log;
		this.process = process;
		this.address = URI.create("http://localhost:" + awaitPort());
	}

	/**
	 * Start the sample with the class path of this test, and wait until it answers.
	 * @param postgres the database
	 * @param settings further settings, as {@code name=value}
	 * @return the process
	 */
	static SampleProcess start(EmbeddedPostgres postgres, String... settings) throws IOException {
		return start(List.of("-cp", System.getProperty("java.class.path"), SampleApplication.class.getName()), postgres,
				settings);
	}

	/**
	 * Start the packaged sample with what was processed ahead of time, and wait until it
	 * answers.
	 * @param postgres the database
	 * @param settings further settings, as {@code name=value}
	 * @return the process
	 */
	static SampleProcess startPackaged(EmbeddedPostgres postgres, String... settings) throws IOException {
		return start(List.of("-Dspring.aot.enabled=true", "-jar", "target/sample-app.jar"), postgres, settings);
	}

	private static SampleProcess start(List<String> program, EmbeddedPostgres postgres, String... settings)
			throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
						"-XX:TieredStopAtLevel=1"));
		command.addAll(program);
		command.addAll(List.of("--spring.profiles.active=postgres",
				"--spring.datasource.url=" + postgres.getJdbcUrl("postgres", "postgres"),
				"--spring.datasource.username=postgres", "--server.port=0", "--logging.level.org.hibernate.SQL=info"));
		for (String setting : settings) {
			command.add("--" + setting);
		}
		Path log = Files.createTempFile("sample", ".log");
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		try {
			return new SampleProcess(log, process);
		}
		catch (RuntimeException | Error ex) {
			process.destroyForcibly();
			throw new IllegalStateException("The sample did not start:\n" + Files.readString(log), ex);
		}
	}

	private String awaitPort() {
		return Awaitility.await().atMost(START_TIMEOUT).until(this::findPort, (port) -> !port.isEmpty());
	}

	private String findPort() {
		if (!this.process.isAlive()) {
			throw new IllegalStateException("The process ended with " + this.process.exitValue());
		}
		Matcher matcher = PORT.matcher(output());
		return matcher.find() ? matcher.group(1) : "";
	}

	URI address() {
		return this.address;
	}

	String output() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			return "No output: " + ex;
		}
	}

	/**
	 * Send SIGTERM, as whoever stops a service does.
	 */
	void terminate() {
		this.process.destroy();
	}

	/**
	 * Wait for the process to end by itself.
	 * @param timeout the longest to wait
	 * @return whether it ended
	 */
	boolean awaitEnd(Duration timeout) throws InterruptedException {
		return this.process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
	}

	@Override
	public void close() throws IOException {
		this.process.destroyForcibly().onExit().join();
		Files.delete(this.log);
	}

}
