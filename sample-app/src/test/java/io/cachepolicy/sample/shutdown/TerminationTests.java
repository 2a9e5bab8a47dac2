package io.cachepolicy.sample.shutdown;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import com.jayway.jsonpath.JsonPath;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Terminates the sample under load, as an orchestrator does, and compares what it
 * answered with what is in PostgreSQL afterwards. Each session has one client.
 */
class TerminationTests {

	private static final Log logger = LogFactory.getLog(TerminationTests.class);

	private static final Duration TIMEOUT = Duration.ofMinutes(1);

	private static final int CLIENTS = 6;

	private static EmbeddedPostgres postgres;

	private final JdbcClient jdbc = JdbcClient.create(postgres.getPostgresDatabase());

	private final HttpClient http = HttpClient.newHttpClient();

	private final ExecutorService executor = Executors.newFixedThreadPool(CLIENTS);

	private final Map<String, Integer> answered = new ConcurrentHashMap<>();

	private final Set<String> ended = ConcurrentHashMap.newKeySet();

	private final AtomicInteger answers = new AtomicInteger();

	@BeforeAll
	static void startPostgres() throws IOException {
		postgres = EmbeddedPostgres.start();
	}

	@AfterAll
	static void stopPostgres() throws IOException {
		postgres.close();
	}

	@AfterEach
	void stopClients() {
		this.executor.shutdownNow();
	}

	@Test
	void everyAnsweredWriteIsInTheTable() throws Exception {
		try (SampleProcess sample = SampleProcess.start(postgres,
				"cache-policy.caches.sessions.write-back.flush-interval=10m")) {
			List<CompletableFuture<Void>> clients = startClients(sample);
			awaitAnswers(600);
			assertThat(rows()).doesNotContainKeys(this.answered.keySet().toArray(String[]::new));
			sample.terminate();
			assertStored(sample, clients);
		}
	}

	@Test
	void everyAnsweredWriteIsInTheTableWhenTheDatabaseIsSlow() throws Exception {
		try (SampleProcess sample = SampleProcess.start(postgres,
				"cache-policy.caches.sessions.write-back.flush-interval=200ms");
				Connection lock = postgres.getPostgresDatabase().getConnection()) {
			List<CompletableFuture<Void>> clients = startClients(sample);
			awaitAnswers(300);
			lockSessions(lock);
			awaitAnswers(100);
			sample.terminate();
			CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)).join();
			assertThat(sample.awaitEnd(Duration.ofSeconds(1))).as("ends before it has stored everything").isFalse();
			lock.rollback();
			assertStored(sample, clients);
		}
	}

	private void assertStored(SampleProcess sample, List<CompletableFuture<Void>> clients) throws Exception {
		assertThat(sample.awaitEnd(TIMEOUT)).as(sample::output).isTrue();
		clients.forEach(CompletableFuture::join);
		Map<String, Integer> rows = rows();
		logger.info("%s answers: %d sessions that were to be stored and %d that were ended; %d rows"
			.formatted(this.answers, this.answered.size(), this.ended.size(), rows.size()));
		assertThat(this.answered).as(sample::output)
			.isNotEmpty()
			.allSatisfy((id, value) -> assertThat(rows.get(id)).as(id).isNotNull().isGreaterThanOrEqualTo(value));
		assertThat(rows).as(sample::output).doesNotContainKeys(this.ended.toArray(String[]::new));
	}

	private List<CompletableFuture<Void>> startClients(SampleProcess sample) {
		List<CompletableFuture<Void>> clients = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
			clients.add(CompletableFuture.runAsync(new Client(sample)::run, this.executor));
		}
		return clients;
	}

	private void awaitAnswers(int more) {
		int before = this.answers.get();
		Awaitility.await().atMost(TIMEOUT).until(() -> this.answers.get() >= before + more);
	}

	private Map<String, Integer> rows() {
		Map<String, Integer> rows = new HashMap<>();
		this.jdbc.sql("select id, attributes ->> 'value' as value from web_session")
			.query((row, number) -> rows.put(row.getString("id"), row.getInt("value")))
			.list();
		return rows;
	}

	private static void lockSessions(Connection connection) throws SQLException {
		connection.setAutoCommit(false);
		connection.createStatement().execute("lock table web_session in share mode");
	}

	/**
	 * Starts sessions, writes numbers to them and ends some, until it gets no answer.
	 */
	private final class Client {

		private static final int WRITES = 8;

		private final URI address;

		private boolean refused;

		Client(SampleProcess sample) {
			this.address = sample.address();
		}

		void run() {
			for (int count = 0; !this.refused; count++) {
				String created = send("POST", "/sessions", "{\"username\": \"ada\"}");
				if (created != null) {
					String id = JsonPath.read(created, "$.id");
					TerminationTests.this.answered.put(id, 0);
					write(id);
					if (count % 4 == 0) {
						end(id);
					}
				}
			}
		}

		private void write(String id) {
			for (int number = 1; number <= WRITES && !this.refused; number++) {
				if (send("PUT", "/sessions/" + id + "/attributes", "{\"value\": \"" + number + "\"}") != null) {
					TerminationTests.this.answered.put(id, number);
				}
			}
		}

		private void end(String id) {
			if (!this.refused) {
				TerminationTests.this.answered.remove(id);
				if (send("DELETE", "/sessions/" + id, "") != null) {
					TerminationTests.this.ended.add(id);
				}
			}
		}

		private @Nullable String send(String method, String path, String body) {
			HttpRequest request = HttpRequest.newBuilder(this.address.resolve(path))
				.header("Content-Type", "application/json")
				.timeout(TIMEOUT)
				.method(method, HttpRequest.BodyPublishers.ofString(body))
				.build();
			try {
				HttpResponse<String> response = TerminationTests.this.http.send(request,
						HttpResponse.BodyHandlers.ofString());
				if (response.statusCode() / 100 == 2) {
					TerminationTests.this.answers.incrementAndGet();
					return response.body();
				}
			}
			catch (IOException ex) {
				// The process does not answer any more
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			this.refused = true;
			return null;
		}

	}

}
