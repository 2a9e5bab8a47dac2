package io.cachepolicy.sample.shutdown;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import com.jayway.jsonpath.JsonPath;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kills the sample, as the README does: what is pending is lost, unless it is durable.
 */
@Tag("process")
@RequiresModule(profile = "durable", type = "io.cachepolicy.journal.JournalAutoConfiguration")
class KillTests {

	private static final Duration TIMEOUT = Duration.ofMinutes(1);

	private static final int SESSIONS = 20;

	@TempDir
	private Path directory;

	private final HttpClient http = HttpClient.newHttpClient();

	private double balance;

	@Test
	@DisplayName("D1: sessions that were acknowledged are there after a kill, pending and then stored")
	void acknowledgedSessionsSurviveAKill() throws Exception {
		Map<String, String> sessions = startAndKill("h2-file,durable");
		try (SampleProcess sample = start("h2-file,durable")) {
			for (Map.Entry<String, String> session : sessions.entrySet()) {
				HttpResponse<String> found = send(sample, "GET", "/sessions/" + session.getKey(), "");
				assertThat(found.statusCode()).as(sample::output).isEqualTo(200);
				assertThat(JsonPath.<String>read(found.body(), "$.attributes.theme")).isEqualTo(session.getValue());
				assertThat(row(sample, session.getKey())).as("pending").isEqualTo(404);
			}
			HttpResponse<String> flush = send(sample, "POST", "/caches/sessions/flush", "");
			assertThat(JsonPath.<Integer>read(flush.body(), "$.written")).isEqualTo(SESSIONS);
			for (String id : sessions.keySet()) {
				assertThat(row(sample, id)).isEqualTo(200);
			}
		}
	}

	@Test
	@DisplayName("without durable, a kill loses what is pending, and nothing else")
	void pendingSessionsAreLostByAKill() throws Exception {
		Map<String, String> sessions = startAndKill("h2-file");
		try (SampleProcess sample = start("h2-file")) {
			for (String id : sessions.keySet()) {
				assertThat(send(sample, "GET", "/sessions/" + id, "").statusCode()).isEqualTo(404);
			}
			assertThat(balance(send(sample, "GET", "/accounts/1", ""))).as("written through").isEqualTo(this.balance);
		}
	}

	private Map<String, String> startAndKill(String profiles) throws Exception {
		Map<String, String> sessions = new LinkedHashMap<>();
		try (SampleProcess sample = start(profiles)) {
			for (int i = 0; i < SESSIONS; i++) {
				String id = JsonPath.read(send(sample, "POST", "/sessions", "{\"username\": \"ada\"}").body(), "$.id");
				String theme = "theme " + i;
				HttpResponse<String> written = send(sample, "PUT", "/sessions/%s/attributes".formatted(id),
						"{\"theme\": \"%s\"}".formatted(theme));
				assertThat(written.statusCode()).as(sample::output).isEqualTo(200);
				sessions.put(id, theme);
				assertThat(row(sample, id)).as("pending").isEqualTo(404);
			}
			this.balance = balance(send(sample, "POST", "/accounts/1/deposits", "{\"amount\": 10}"));
			sample.kill();
		}
		return sessions;
	}

	private SampleProcess start(String profiles) throws IOException {
		return SampleProcess.start(this.directory, profiles,
				"cache-policy.caches.sessions.write-back.flush-interval=10m");
	}

	private static double balance(HttpResponse<String> account) {
		assertThat(account.statusCode()).isEqualTo(200);
		return JsonPath.<Number>read(account.body(), "$.balance").doubleValue();
	}

	private int row(SampleProcess sample, String id) throws Exception {
		return send(sample, "GET", "/sessions/%s/row".formatted(id), "").statusCode();
	}

	private HttpResponse<String> send(SampleProcess sample, String method, String path, String body) throws Exception {
		URI address = sample.address().resolve(path);
		return this.http.send(HttpRequest.newBuilder(address)
			.header("Content-Type", "application/json")
			.timeout(TIMEOUT)
			.method(method, HttpRequest.BodyPublishers.ofString(body))
			.build(), HttpResponse.BodyHandlers.ofString());
	}

}
