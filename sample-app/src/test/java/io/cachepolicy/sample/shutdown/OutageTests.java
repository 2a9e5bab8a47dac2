package io.cachepolicy.sample.shutdown;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import com.jayway.jsonpath.JsonPath;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample in 256 MB, with the settings of write-back that are built in, while its
 * database is away and requests go on. Each session has one client. The system property
 * {@code cache-policy.outage} is for how many seconds.
 */
@Tag("process")
class OutageTests {

	private static final Log logger = LogFactory.getLog(OutageTests.class);

	private static final int SECONDS = Integer.getInteger("cache-policy.outage", 20);

	private static final int CLIENTS = 4;

	private static final int SESSIONS = 200;

	/**
	 * The built-in maximum of pending writes is 100,000.
	 */
	private static final int NEW_SESSIONS = 80_000;

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private static final String SETTINGS = "cache-policy.caches.sessions.";

	private final HttpClient http = HttpClient.newHttpClient();

	private final ExecutorService executor = Executors.newFixedThreadPool(CLIENTS);

	private final Map<String, Integer> answered = new ConcurrentHashMap<>();

	private final List<String> errors = new CopyOnWriteArrayList<>();

	private final AtomicInteger requests = new AtomicInteger();

	private volatile boolean running;

	@Test
	@DisplayName("G2: an outage ends without an error, with all that was accepted stored, and where it began")
	void outageLeavesNothingBehind() throws Exception {
		try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
				SampleProcess sample = SampleProcess.start(postgres, "logging.level.io.cachepolicy=info",
						SETTINGS + "maximum-size=1000", SETTINGS + "write-back.max-pending=100000",
						SETTINGS + "write-back.flush-threshold=10000", SETTINGS + "write-back.overflow=block")) {
			run(sample, Duration.ofSeconds(Math.max(5, SECONDS / 20)));
			flush(sample);
			long before = sample.liveHeap();
			int logged = sample.output().length();
			away(postgres, true);
			run(sample, Duration.ofSeconds(SECONDS));
			long during = sample.liveHeap();
			int pending = pending(sample);
			away(postgres, false);
			flush(sample);
			long after = sample.liveHeap();
			logger.info("%d requests, %d pending, heap %.1f, %.1f, %.1f MB, log %d KB".formatted(this.requests.get(),
					pending, before / 1e6, during / 1e6, after / 1e6, (sample.output().length() - logged) / 1000));
			assertThat(this.errors).as(sample::output).isEmpty();
			assertThat(pending).isGreaterThan(SESSIONS / 2);
			assertStored(postgres);
			assertThat(after - before).as("bytes that are left").isLessThan(10_000_000);
			assertThat(sample.output()).doesNotContain("OutOfMemoryError");
			assertThat(sample.output().length() - logged).as("log").isLessThan(1_000_000);
		}
		finally {
			this.executor.shutdownNow();
		}
	}

	private void run(SampleProcess sample, Duration duration) throws Exception {
		this.running = true;
		List<CompletableFuture<Void>> clients = new ArrayList<>();
		for (int client = 0; client < CLIENTS; client++) {
			int number = client;
			clients.add(CompletableFuture.runAsync(() -> request(sample, number), this.executor));
		}
		long end = System.nanoTime() + duration.toNanos();
		Awaitility.await()
			.atMost(duration.plus(TIMEOUT))
			.pollInterval(Duration.ofMillis(100))
			.until(() -> System.nanoTime() - end > 0 || !this.errors.isEmpty());
		this.running = false;
		CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)).get();
	}

	private void request(SampleProcess sample, int client) {
		Random random = new Random(client);
		List<String> own = new ArrayList<>();
		while (this.running && this.errors.isEmpty()) {
			try {
				boolean fresh = own.size() < SESSIONS / CLIENTS
						|| (random.nextInt(4) == 0 && this.answered.size() < NEW_SESSIONS);
				String body = fresh ? send(sample, "POST", "/sessions", "{\"username\": \"ada\"}", 201) : send(sample,
						"POST", "/sessions/%s/touch".formatted(own.get(random.nextInt(own.size()))), "", 200);
				String id = JsonPath.read(body, "$.id");
				this.answered.put(id, JsonPath.read(body, "$.requests"));
				if (own.size() < SESSIONS / CLIENTS) {
					own.add(id);
				}
			}
			catch (Exception ex) {
				this.errors.add(ex.toString());
			}
		}
	}

	private String send(SampleProcess sample, String method, String path, String body, int status) throws Exception {
		URI address = sample.address().resolve(path);
		HttpResponse<String> response = this.http.send(HttpRequest.newBuilder(address)
			.header("Content-Type", "application/json")
			.timeout(TIMEOUT)
			.method(method, HttpRequest.BodyPublishers.ofString(body))
			.build(), HttpResponse.BodyHandlers.ofString());
		this.requests.incrementAndGet();
		if (response.statusCode() != status) {
			this.errors.add(path + ": " + response.statusCode() + " " + response.body());
		}
		return response.body();
	}

	/**
	 * Let the database be away or back: it accepts no connections, and ends those that
	 * there are.
	 * @param postgres the server
	 * @param away whether it is to be away
	 */
	private static void away(EmbeddedPostgres postgres, boolean away) throws SQLException {
		try (Connection connection = postgres.getDatabase("postgres", "template1").getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("alter database postgres allow_connections " + !away);
			if (away) {
				statement.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'postgres'");
			}
		}
	}

	private int pending(SampleProcess sample) throws Exception {
		return JsonPath.read(send(sample, "GET", "/actuator/cachepolicies/sessions", "", 200), "$.pending");
	}

	private void flush(SampleProcess sample) {
		Awaitility.await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(200)).until(() -> pending(sample) == 0);
	}

	private void assertStored(EmbeddedPostgres postgres) {
		Map<String, Integer> rows = new ConcurrentHashMap<>();
		JdbcClient.create(postgres.getPostgresDatabase())
			.sql("select id, requests from web_session")
			.query((RowCallbackHandler) (row) -> rows.put(row.getString(1), row.getInt(2)));
		assertThat(rows).isEqualTo(this.answered);
	}

}
