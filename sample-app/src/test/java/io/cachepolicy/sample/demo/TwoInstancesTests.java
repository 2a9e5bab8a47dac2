package io.cachepolicy.sample.demo;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;

import io.cachepolicy.sample.shutdown.RequiresModule;
import io.cachepolicy.sample.shutdown.SampleProcess;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample runs twice, and each page shows what was changed on the other.
 */
@Tag("process")
@RequiresModule(profile = "cluster", type = "io.cachepolicy.hazelcast.HazelcastClusterAutoConfiguration")
@ExtendWith(BrowserCondition.class)
class TwoInstancesTests {

	private static final String PRICE = "{\"price\": %s}";

	@TempDir
	private Path directory;

	private final HttpClient http = HttpClient.newHttpClient();

	@Test
	@DisplayName("C1: the page of each of two instances shows a change of the other one")
	void pageShowsAChangeOfTheOtherInstance() throws Exception {
		int[] ports = { freePort(), freePort() };
		try (SampleProcess first = start(ports, 0);
				SampleProcess second = start(ports, 1);
				Browser browser = new Browser()) {
			browser.openDemo(second.address().resolve("/").toString());
			Browser.await().until(() -> browser.text("#instances").startsWith("1 other instance, "));
			showsPrice(browser, first, "11.11");
			browser.openDemo(first.address().resolve("/").toString());
			Browser.await().until(() -> browser.text("#instances").startsWith("1 other instance, "));
			showsPrice(browser, second, "22.22");
			assertThat(browser.consoleErrors()).isEmpty();
		}
	}

	/**
	 * Read the pages in a browser, change a price in the other instance, and read again.
	 */
	private void showsPrice(Browser browser, SampleProcess other, String price) throws Exception {
		browser.click("#read-pages");
		awaitPages(browser, "in the cache", "in the cache");
		assertThat(browser.text("#page-coffee .content")).doesNotContain(price);
		String heard = browser.text("#instances");
		URI product = other.address().resolve("/products/1/price");
		HttpResponse<String> response = this.http.send(HttpRequest.newBuilder(product)
			.header("Content-Type", "application/json")
			.PUT(HttpRequest.BodyPublishers.ofString(PRICE.formatted(price)))
			.build(), HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).as(other::output).isEqualTo(200);
		awaitPages(browser, "not in the cache", "in the cache");
		Browser.await().until(() -> !browser.text("#instances").equals(heard));
		browser.click("#read-pages");
		Browser.await().until(() -> browser.text("#page-coffee .content").contains(price));
	}

	private static void awaitPages(Browser browser, String changed, String unchanged) {
		Browser.await().untilAsserted(() -> {
			assertThat(browser.text("#page-coffee .badge")).isEqualTo(changed);
			assertThat(browser.text("#page-catalogue .badge")).isEqualTo(changed);
			assertThat(browser.text("#page-tea .badge")).isEqualTo(unchanged);
		});
	}

	private SampleProcess start(int[] ports, int number) throws IOException {
		return SampleProcess.start(this.directory, "cluster", "cache-policy.cluster.port=" + ports[number],
				"cache-policy.cluster.members=127.0.0.1:%d,127.0.0.1:%d".formatted(ports[0], ports[1]));
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

}
