package io.cachepolicy.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL server of its own that can be killed as by a power cut, and started again
 * with its data on the same port. What it committed survives that: it writes its log to
 * disk before it answers, which the embedded one does not by default.
 */
public final class KillablePostgres implements AutoCloseable {

	private static final Duration STARTUP_WAIT = Duration.ofMinutes(1);

	private final Path directory;

	private EmbeddedPostgres server;

	public KillablePostgres() {
		try {
			this.directory = Files.createTempDirectory("killable-postgres");
			this.server = start(0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private EmbeddedPostgres start(int port) throws IOException {
		return EmbeddedPostgres.builder()
			.setPort(port)
			.setDataDirectory(this.directory)
			.setCleanDataDirectory(false)
			.setServerConfig("fsync", "on")
			.setServerConfig("synchronous_commit", "on")
			.setPGStartupWait(STARTUP_WAIT)
			.start();
	}

	/**
	 * Return the address, the same after each start.
	 * @return the JDBC URL, complete with the user
	 */
	public String url() {
		return this.server.getJdbcUrl("postgres", "postgres");
	}

	/**
	 * Send SIGKILL to the server and to all of its processes, and wait for their end.
	 */
	public void kill() {
		try {
			long pid = Long.parseLong(Files.readAllLines(this.directory.resolve("postmaster.pid")).get(0).trim());
			kill(ProcessHandle.of(pid).orElseThrow());
			this.server.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void kill(ProcessHandle postmaster) {
		List<ProcessHandle> processes = Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
		processes.forEach(ProcessHandle::destroyForcibly);
		processes.forEach((process) -> process.onExit().orTimeout(1, TimeUnit.MINUTES).join());
	}

	/**
	 * Start the server that was killed. It recovers what was committed.
	 */
	public void restart() {
		try {
			this.server = start(this.server.getPort());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() throws IOException {
		this.server.close();
		FileSystemUtils.deleteRecursively(this.directory);
	}

}
