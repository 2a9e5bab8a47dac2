package io.cachepolicy.testsupport;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import org.springframework.util.FileSystemUtils;

/**
 * A MariaDB server for tests, with its own defaults, in a folder of its own: started when
 * it is first needed, and stopped with the JVM. The binaries are those of the machine
 * (Debian's package {@code mariadb-server}); see {@link RequiresMariaDb}.
 */
public final class MariaDb {

	static final Path SERVER = Path.of("/usr/sbin/mariadbd");

	static final Path INSTALLER = Path.of("/usr/bin/mariadb-install-db");

	private static final AtomicInteger databases = new AtomicInteger();

	private static @Nullable Server server;

	private MariaDb() {
	}

	// Not the initializer of a class, for which the threads that wait for the server
	// would wait as well
	private static synchronized Server server() {
		if (server == null) {
			server = Server.start();
		}
		return server;
	}

	/**
	 * Create an empty database.
	 * @return its JDBC URL, complete with the user
	 */
	public static String createDatabase() {
		String name = "test" + databases.incrementAndGet();
		try (Connection connection = DriverManager.getConnection(server().url(""));
				Statement statement = connection.createStatement()) {
			statement.execute("create database " + name);
			return server().url(name);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private record Server(int port) {

		private static final Duration TIMEOUT = Duration.ofMinutes(2);

		private String url(String database) {
			return "jdbc:mariadb://127.0.0.1:%d/%s?user=root".formatted(this.port, database);
		}

		private static Server start() {
			try {
				Path directory = Files.createTempDirectory("mariadb");
				Path log = directory.resolve("log");
				String user = "--user=" + System.getProperty("user.name");
				Path data = directory.resolve("data");
				Process installer = process(log, INSTALLER.toString(), "--no-defaults", user, "--skip-test-db",
						"--auth-root-authentication-method=normal", "--datadir=" + data);
				if (!installer.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS) || installer.exitValue() != 0) {
					throw new IllegalStateException("MariaDB was not installed: " + Files.readString(log));
				}
				Server server = new Server(freePort());
				Process process = process(log, SERVER.toString(), "--no-defaults", user, "--datadir=" + data,
						"--bind-address=127.0.0.1", "--port=" + server.port, "--socket=" + directory.resolve("socket"),
						"--pid-file=" + directory.resolve("pid"), "--innodb-flush-log-at-trx-commit=0",
						"--max-connections=500");
				Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(process, directory)));
				Awaitility.await()
					.alias("MariaDB starts, its log is " + log)
					.atMost(TIMEOUT)
					.failFast(() -> !process.isAlive())
					.ignoreExceptions()
					.until(() -> {
						DriverManager.getConnection(server.url("")).close();
						return true;
					});
				return server;
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		private static int freePort() throws IOException {
			try (ServerSocket socket = new ServerSocket(0)) {
				return socket.getLocalPort();
			}
		}

		private static Process process(Path log, String... command) throws IOException {
			return new ProcessBuilder(List.of(command)).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
				.redirectInput(new File("/dev/null"))
				.start();
		}

		private static void stop(Process process, Path directory) {
			process.destroyForcibly().onExit().join();
			FileSystemUtils.deleteRecursively(directory.toFile());
		}

	}

}
