package io.cachepolicy.hazelcast.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.util.FileSystemUtils;

import static org.awaitility.Awaitility.await;

/**
 * Three instances that are processes, and the database that they share.
 */
final class ProcessCluster implements AutoCloseable {

	static final Duration MAX_STALENESS = Duration.ofSeconds(3);

	private static final int SIZE = 3;

	private static final Duration START_TIMEOUT = Duration.ofMinutes(5);

	private static final Log logger = LogFactory.getLog(ProcessCluster.class);

	private final EmbeddedPostgres postgres;

	private final Path directory;

	private final Site site;

	private final List<String> extra;

	private final List<InstanceProcess> instances = new ArrayList<>();

	private long from;

	/**
	 * Start three instances.
	 * @param site where they are
	 * @param extra more properties
	 */
	ProcessCluster(Site site, String... extra) {
		this.site = site;
		this.extra = List.of(extra);
		try {
			this.directory = Files.createTempDirectory("cluster");
			this.postgres = EmbeddedPostgres.start();
			createRows();
		}
		catch (IOException | SQLException ex) {
			throw new IllegalStateException(ex);
		}
		site.open(this.postgres.getPort());
		for (int i = 0; i < SIZE; i++) {
			this.instances.add(launch(i));
		}
		try {
			awaitMeeting();
		}
		catch (RuntimeException ex) {
			logger.error("The instances did not meet: " + log(0));
			close();
			throw ex;
		}
		this.from = System.nanoTime();
	}

	private void createRows() throws SQLException {
		try (Connection connection = this.postgres.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("create table item (id bigint primary key, amount bigint not null)");
			statement.execute("insert into item select id, 0 from generate_series(0, %d) id"
				.formatted(Workload.SHARED + Workload.OWNED));
			statement.execute("create table shelf (id bigint primary key, item_id bigint not null references item)");
			statement
				.execute("insert into shelf select id, id from generate_series(0, %d) id".formatted(Workload.SHARED));
		}
	}

	private InstanceProcess launch(int number) {
		List<String> properties = new ArrayList<>(List.of("--spring.datasource.url=" + this.site.url(number),
				"--spring.datasource.hikari.maximum-pool-size=6", "--spring.jpa.hibernate.ddl-auto=none",
				"--spring.main.banner-mode=off", "--logging.level.com.hazelcast=warn",
				"--cache-policy.caches.items.entity=" + Item.class.getName(),
				"--cache-policy.caches.shelves.entity=" + Shelf.class.getName(),
				"--cache-policy.caches.notes.entity=" + Item.class.getName(),
				"--cache-policy.caches.notes.policy=write-back", "--cache-policy.cluster.heartbeat=500ms",
				"--cache-policy.cluster.max-staleness=" + MAX_STALENESS.toMillis() + "ms",
				"--cache-policy.cluster.port=" + this.site.port(number),
				"--cache-policy.cluster.address=" + this.site.address(number),
				"--cache-policy.cluster.members=" + this.site.address(0) + ":" + this.site.port(0) + ","
						+ this.site.address(1) + ":" + this.site.port(1) + "," + this.site.address(2) + ":"
						+ this.site.port(2)));
		if (!this.extra.contains("--naive=true")) {
			properties.add("--cache-policy.cluster.enabled=true");
		}
		properties.addAll(this.extra);
		return InstanceProcess.start(this.site.prefix(number), this.directory, number, properties);
	}

	InstanceProcess instance(int number) {
		return this.instances.get(number);
	}

	/**
	 * Start an instance again, in a new process.
	 * @param number its number
	 */
	void restart(int number) {
		this.instances.set(number, launch(number));
	}

	/**
	 * Wait until every instance hears the others.
	 */
	void awaitMeeting() {
		await().atMost(START_TIMEOUT)
			.until(() -> this.instances.stream().allMatch((instance) -> instance.status().startsWith("CONNECTED 2")));
	}

	void awaitStatus(int number, String begin) {
		await().atMost(START_TIMEOUT).until(() -> this.instances.get(number).status().startsWith(begin));
	}

	/**
	 * Let the instances work.
	 * @param duration how long
	 */
	void run(Duration duration) {
		long end = System.nanoTime() + duration.toNanos();
		await().atMost(duration.plusSeconds(30)).until(() -> System.nanoTime() - end >= 0);
	}

	/**
	 * Return what was read and written since the last call.
	 * @param name the name of the run, for the log
	 * @return the history
	 */
	History history(String name) {
		try (Stream<Path> files = Files.list(this.directory)) {
			History history = new History(files.filter((file) -> file.toString().endsWith(".records")).toList(),
					this.from);
			this.from = System.nanoTime();
			logger.info("%s: %s; status: %s".formatted(name, history,
					this.instances.stream().map(InstanceProcess::status).toList()));
			return history;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return what an instance logged.
	 * @param number its number
	 * @return the log
	 */
	String log(int number) {
		try {
			return Files.readString(this.directory.resolve(number + ".log"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.instances.forEach(InstanceProcess::kill);
		this.site.close();
		try {
			this.postgres.close();
			FileSystemUtils.deleteRecursively(this.directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Where the instances are.
	 */
	interface Site {

		/**
		 * Make the place.
		 * @param databasePort the port of the database
		 */
		void open(int databasePort);

		/**
		 * Return what a process is run with.
		 * @param number the number of the instance
		 * @return the begin of the command
		 */
		List<String> prefix(int number);

		String address(int number);

		int port(int number);

		/**
		 * Return where an instance finds the database.
		 * @param number the number of the instance
		 * @return the JDBC URL
		 */
		String url(int number);

		void close();

	}

}
