package io.cachepolicy.sample.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;

import com.jayway.jsonpath.JsonPath;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The stream of samples, over HTTP.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = AbstractPageTests.DATABASE)
class EventsTests {

	private final HttpClient http = HttpClient.newHttpClient();

	@Autowired
	private Audience audience;

	@Autowired
	private Traffic traffic;

	@LocalServerPort
	private int port;

	@Test
	void samplesAndTrafficGoOnWhileSomeoneWatches() throws Exception {
		assertThat(this.audience.isSampling()).isFalse();
		assertThat(send("POST", "/demo/traffic")).isEqualTo(409);
		try (BufferedReader first = watch()) {
			assertSamples(first);
			assertThat(send("POST", "/demo/traffic")).isEqualTo(204);
			try (BufferedReader second = watch()) {
				assertSamples(second);
			}
			assertSamples(first);
			assertThat(this.audience.isSampling()).isTrue();
			assertThat(this.traffic.isRunning()).isTrue();
		}
		Awaitility.await().until(() -> !this.audience.isSampling());
		assertThat(this.traffic.isRunning()).isFalse();
	}

	private BufferedReader watch() throws IOException, InterruptedException {
		HttpResponse<InputStream> response = this.http.send(HttpRequest.newBuilder(address("/demo/events")).build(),
				HttpResponse.BodyHandlers.ofInputStream());
		assertThat(response.headers().firstValue("Content-Type"))
			.hasValueSatisfying((type) -> assertThat(type).startsWith("text/event-stream"));
		return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
	}

	private void assertSamples(BufferedReader events) throws IOException {
		for (int i = 0; i < 3; i++) {
			String line = events.readLine();
			assertThat(line).startsWith("data:");
			assertThat(JsonPath.<Object>read(line.substring(5), "$.lanes[*].policy"))
				.isEqualTo(List.of("write-through", "write-back", "write-around"));
			assertThat(events.readLine()).isEmpty();
		}
	}

	private int send(String method, String path) throws IOException, InterruptedException {
		return this.http
			.send(HttpRequest.newBuilder(address(path))
				.header("Content-Type", "application/json")
				.method(method, HttpRequest.BodyPublishers.noBody())
				.build(), HttpResponse.BodyHandlers.discarding())
			.statusCode();
	}

	private URI address(String path) {
		return URI.create("http://localhost:" + this.port + path);
	}

}
