package io.cachepolicy.journal.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kills an application that writes, at random and at each step of a write, starts it
 * again, and compares what was acknowledged with the rows.
 */
@Tag("process")
class KillTests {

	private static final Log logger = LogFactory.getLog(KillTests.class);

	private static final int KILLS = Integer.getInteger("cache-policy.kills", 30);

	private static final long SEED = Long.getLong("cache-policy.seed", 17);

	private final Random random = new Random(SEED);

	private final Map<String, Key> keys = new TreeMap<>();

	private final List<String> problems = new ArrayList<>();

	private final Map<String, Integer> seen = new TreeMap<>();

	@TempDir
	private Path directory;

	private String url;

	private long number;

	@Test
	@DisplayName("D1 to D5: nothing acknowledged is missing after kill -9, nothing older is over newer, no conflict is false")
	void nothingAcknowledgedIsMissing() throws Exception {
		try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
			this.url = postgres.getJdbcUrl("postgres", "postgres");
			for (int kill = 0; kill <= KILLS; kill++) {
				try {
					run(kill);
					assertThat(this.problems).as("after kill %d, seed %d", kill, SEED).isEmpty();
				}
				catch (AssertionError ex) {
					Files.readAllLines(this.directory.resolve("journal.log")).forEach(logger::info);
					throw ex;
				}
				Files.deleteIfExists(this.directory.resolve("journal.log"));
				if (kill % 10 == 0) {
					logger.info("Survived %d kills: %s".formatted(kill, this.seen));
				}
			}
		}
		assertThat(this.seen).containsKeys("acknowledged", "at random");
		logger.info("Survived %d kills: %s".formatted(KILLS, this.seen));
	}

	private void run(int kill) throws Exception {
		Arrow arrow = (kill % 2 == 1) ? Arrow.values()[(kill / 2) % Arrow.values().length] : null;
		Process process = start(arrow);
		try (BufferedReader lines = new BufferedReader(
				new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
			Map<String, List<Letter>> letters = readUntilReady(lines);
			if (letters == null) {
				assertThat(process.waitFor()).as("killed while it recovered").isEqualTo(137);
				assertThat(arrow).isNotNull();
				count("died in recovery");
				return;
			}
			compare(letters);
			if (kill == KILLS) {
				process.destroyForcibly().waitFor();
				return;
			}
			process.getOutputStream().write('\n');
			process.getOutputStream().flush();
			if (arrow == null) {
				killLater(process);
			}
			else {
				killLater(process, 4000);
			}
			lines.lines().forEach(this::read);
			process.waitFor();
			count((arrow != null) ? "at " + arrow : "at random");
		}
	}

	private void killLater(Process process) {
		killLater(process, 100 + this.random.nextInt(900));
	}

	private static void killLater(Process process, long millis) {
		// Not by the process itself, which would drop what it has told
		process.onExit().orTimeout(millis, TimeUnit.MILLISECONDS).exceptionally((ex) -> {
			process.toHandle().destroyForcibly();
			return process;
		});
	}

	private Process start(Arrow arrow) throws IOException {
		this.number += 1_000_000;
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
						"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
						KilledApplication.class.getName(), this.url, this.directory.resolve("journal").toString(),
						String.valueOf(this.number)));
		if (arrow != null) {
			int count = (arrow == Arrow.RECOVERED) ? 1 + this.random.nextInt(2) : 1 + this.random.nextInt(40);
			command.addAll(List.of(arrow.name(), String.valueOf(count)));
		}
		return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
	}

	private Map<String, List<Letter>> readUntilReady(BufferedReader lines) throws IOException {
		Map<String, List<Letter>> letters = new HashMap<>();
		for (String line = lines.readLine(); line != null; line = lines.readLine()) {
			String[] words = line.split(" ");
			switch (words[0]) {
				case "letter" -> letters.computeIfAbsent(words[1] + " " + words[2], (key) -> new ArrayList<>())
					.add(new Letter(Long.parseLong(words[3]), words[4]));
				case "flushed" -> assertThat(words[1]).isEqualTo("0");
				case "ready" -> {
					return letters;
				}
				default -> logger.info(line);
			}
		}
		return null;
	}

	private void read(String line) {
		String[] words = line.split(" ");
		if (words[0].equals("begin")) {
			key(words).begun = Long.parseLong(words[3]);
		}
		else if (words[0].equals("ack") && words.length == 4) {
			key(words).acknowledged = Long.parseLong(words[3]);
			count("acknowledged");
		}
		else {
			count(line.substring(0, Math.min(60, line.length())));
		}
	}

	private Key key(String[] words) {
		return this.keys.computeIfAbsent(words[1] + " " + words[2], (key) -> new Key());
	}

	private void count(String what) {
		this.seen.merge(what, 1, Integer::sum);
	}

	private void compare(Map<String, List<Letter>> letters) throws SQLException {
		Map<String, Long> rows = rows();
		letters.forEach((name, list) -> list.forEach((letter) -> {
			count("letter " + letter.kind());
			if (letter.kind().equals("CONFLICT")) {
				this.problems.add("False conflict of " + name + ": " + letter);
			}
		}));
		this.keys.forEach((name, key) -> {
			long row = rows.getOrDefault(name, 0L);
			List<Letter> own = letters.getOrDefault(name, List.of());
			if (Long.parseLong(name.split(" ")[1]) >= KilledApplication.REFUSED) {
				if (key.acknowledged != 0 && own.stream().noneMatch((letter) -> letter.kind().equals("REFUSED"))) {
					this.problems.add("Dead letter of " + name + " is missing");
				}
				return;
			}
			boolean doubtful = own.stream()
				.anyMatch((letter) -> letter.kind().equals("IN_DOUBT") && letter.number() == key.acknowledged);
			if (row != key.acknowledged && row != key.begun && !doubtful) {
				this.problems.add("Row of %s is %d, acknowledged is %d, begun %d, dead letters %s".formatted(name, row,
						key.acknowledged, key.begun, own));
			}
			key.acknowledged = row;
			key.begun = row;
		});
	}

	private Map<String, Long> rows() throws SQLException {
		Map<String, Long> rows = new HashMap<>();
		try (Connection connection = DriverManager.getConnection(this.url);
				Statement statement = connection.createStatement()) {
			for (String table : KilledApplication.tables()) {
				try (ResultSet result = statement.executeQuery("select id, number from " + table)) {
					while (result.next()) {
						rows.put((table.equals("box") ? "boxes " : "parcels ") + result.getLong(1), result.getLong(2));
					}
				}
			}
		}
		return rows;
	}

	/**
	 * What is known of a key.
	 */
	private static final class Key {

		private long acknowledged;

		private long begun;

	}

	/**
	 * A dead letter that was there after a start.
	 */
	private record Letter(long number, String kind) {

	}

}
