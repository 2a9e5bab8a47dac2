package io.cachepolicy.hazelcast.process;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An instance that is a process of its own.
 */
final class InstanceProcess {

	private final Path status;

	private final Process process;

	private InstanceProcess(Process process, Path status) {
		this.process = process;
		this.status = status;
	}

	/**
	 * Start a process.
	 * @param prefix what to run it with
	 * @param directory takes its records and its output
	 * @param number its number among the instances
	 * @param properties the properties of the application
	 * @return the process
	 */
	static InstanceProcess start(List<String> prefix, Path directory, int number, List<String> properties) {
		Path status = directory.resolve(number + ".status");
		List<String> command = new ArrayList<>(prefix);
		command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx192m",
				"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dhazelcast.max.no.heartbeat.seconds=5",
				"-Dhazelcast.heartbeat.interval.seconds=1", "-Dhazelcast.merge.first.run.delay.seconds=3",
				"-Dhazelcast.merge.next.run.delay.seconds=3", "-cp",
				System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
				InstanceApplication.class.getName(), directory.toString(), String.valueOf(number)));
		command.addAll(properties);
		try {
			Files.deleteIfExists(status);
			File log = directory.resolve(number + ".log").toFile();
			return new InstanceProcess(new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(log))
				.start(), status);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return what the instance says of the others.
	 * @return the state, the number of instances that it hears, of gaps and of clears
	 */
	String status() {
		if (!this.process.isAlive()) {
			throw new IllegalStateException("The process ended: " + this.process.exitValue());
		}
		try {
			return Files.exists(this.status) ? Files.readString(this.status) : "";
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	void kill() {
		this.process.destroyForcibly();
		await();
	}

	/**
	 * Stop the application in an orderly way.
	 */
	void stop() {
		this.process.destroy();
		await();
	}

	void signal(String signal) {
		try {
			int result = new ProcessBuilder("kill", "-" + signal, String.valueOf(this.process.pid())).start().waitFor();
			if (result != 0) {
				throw new IllegalStateException("kill returned " + result);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void await() {
		this.process.onExit().orTimeout(1, TimeUnit.MINUTES).join();
	}

}
