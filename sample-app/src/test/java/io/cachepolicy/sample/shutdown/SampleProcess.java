package io.cachepolicy.sample.shutdown;

import java.io.BufferedReader;
import java.io.File;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.cachepolicy.sample.SampleApplication;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.awaitility.Awaitility;

/**
 * The sample as a process of its own.
 */
public final class SampleProcess implements AutoCloseable {

	private static final Duration START_TIMEOUT = Duration.ofMinutes(3);

	private static final Pattern PORT = Pattern.compile("Open http://localhost:(\\d+)");

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
	 * @throws IOException if that fails
	 */
	static SampleProcess start(EmbeddedPostgres postgres, String... settings) throws IOException {
		return start(Path.of(""), classPath(), with(postgres, settings));
	}

	/**
	 * Start the packaged sample with what was processed ahead of time, and wait until it
	 * answers.
	 * @param postgres the database
	 * @param settings further settings, as {@code name=value}
	 * @return the process
	 * @throws IOException if that fails
	 */
	static SampleProcess startPackaged(EmbeddedPostgres postgres, String... settings) throws IOException {
		return start(Path.of(""), List.of("-Dspring.aot.enabled=true", "-jar", "target/sample-app.jar"),
				with(postgres, settings));
	}

	/**
	 * Start the sample with the class path of this test and profiles, and wait until it
	 * answers.
	 * @param directory the directory to which the files of the profiles are relative
	 * @param profiles the comma-separated names of the profiles
	 * @param settings further settings, as {@code name=value}
	 * @return the process
	 * @throws IOException if that fails
	 */
	public static SampleProcess start(Path directory, String profiles, String... settings) throws IOException {
		List<String> all = new ArrayList<>(List.of("spring.profiles.active=" + profiles));
		all.addAll(List.of(settings));
		return start(directory, classPath(), all);
	}

	private static List<String> classPath() {
		String classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
			.map((entry) -> Path.of(entry).toAbsolutePath().toString())
			.collect(Collectors.joining(File.pathSeparator));
		return List.of("-cp", classPath, SampleApplication.class.getName());
	}

	private static List<String> with(EmbeddedPostgres postgres, String... settings) {
		List<String> all = new ArrayList<>(List.of("spring.profiles.active=postgres",
				"spring.datasource.url=" + postgres.getJdbcUrl("postgres", "postgres"),
				"spring.datasource.username=postgres"));
		all.addAll(List.of(settings));
		return all;
	}

	private static SampleProcess start(Path directory, List<String> program, List<String> settings) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
						"-XX:TieredStopAtLevel=1"));
		command.addAll(program);
		command.addAll(List.of("--server.port=0", "--logging.level.org.hibernate.SQL=info"));
		for (String setting : settings) {
			command.add("--" + setting);
		}
		Path log = Files.createTempFile("sample", ".log");
		Process process = new ProcessBuilder(command).directory(directory.toAbsolutePath().toFile())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
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

	/**
	 * Return where the sample answers.
	 * @return the address
	 */
	public URI address() {
		return this.address;
	}

	/**
	 * Return what the sample logged.
	 * @return the log
	 */
	public String output() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			return "No output: " + ex;
		}
	}

	/**
	 * Return how much of the heap is in use, after a collection.
	 * @return the bytes of all objects that are reachable
	 * @throws IOException if the process can't be asked
	 */
	long liveHeap() throws IOException {
		Process tool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
				String.valueOf(this.process.pid()), "GC.class_histogram")
			.redirectErrorStream(true)
			.start();
		try (BufferedReader lines = tool.inputReader()) {
			return lines.lines()
				.filter((line) -> line.startsWith("Total"))
				.mapToLong((line) -> Long.parseLong(line.split(" +")[2]))
				.findFirst()
				.orElseThrow(() -> new IOException("The process tells nothing of its heap"));
		}
	}

	/**
	 * Send SIGTERM, as whoever stops a service does.
	 */
	void terminate() {
		this.process.destroy();
	}

	/**
	 * Send SIGKILL: nothing of the process runs any more.
	 */
	void kill() {
		this.process.destroyForcibly().onExit().join();
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
