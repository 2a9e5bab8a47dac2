package io.cachepolicy.sample.shutdown;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

import com.jayway.jsonpath.JsonPath;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The packaged sample, processed ahead of time: serves requests, and stores what is
 * pending when it is terminated. Run once the archive is there.
 */
class PackagedSampleTests {

	private static final Duration TIMEOUT = Duration.ofMinutes(1);

	private final HttpClient http = HttpClient.newHttpClient();

	@Test
	@DisplayName("S5: processed ahead of time, the sample caches, defers writes and drains")
	void sampleProcessedAheadOfTimeServesAndDrains() throws Exception {
		try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
				SampleProcess sample = SampleProcess.startPackaged(postgres,
						"cache-policy.caches.sessions.write-back.flush-interval=10m")) {
			assertThat(sample.output()).contains("Starting AOT-processed SampleApplication",
					"Caches: accounts (write-through), assets (write-around)");
			String id = JsonPath.read(send(sample, "POST", "/sessions", "{\"username\": \"ada\"}"), "$.id");
			send(sample, "PUT", "/sessions/" + id + "/attributes", "{\"value\": \"1\"}");
			send(sample, "PUT", "/sessions/" + id + "/attributes", "{\"value\": \"2\"}");
			assertThat(values(postgres)).as("pending").isEmpty();
			assertThat(send(sample, "GET", "/sessions/" + id, "")).contains("\"value\":\"2\"");
			sample.terminate();
			assertThat(sample.awaitEnd(TIMEOUT)).as(sample::output).isTrue();
			assertThat(values(postgres)).as(sample::output).containsExactly("2");
		}
	}

	private static List<String> values(EmbeddedPostgres postgres) {
		return JdbcClient.create(postgres.getPostgresDatabase())
			.sql("select attributes ->> 'value' from web_session")
			.query(String.class)
			.list();
	}

	private String send(SampleProcess sample, String method, String path, String body) throws Exception {
		URI address = sample.address().resolve(path);
		HttpResponse<String> response = this.http.send(HttpRequest.newBuilder(address)
			.header("Content-Type", "application/json")
			.timeout(TIMEOUT)
			.method(method, HttpRequest.BodyPublishers.ofString(body))
			.build(), HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).as(() -> response.body() + sample.output()).isBetween(200, 299);
		return response.body();
	}

}
