package io.cachepolicy.actuate;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.actuate.ActuatorApplication.OrderStore;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.annotation.DirtiesContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CachePoliciesEndpoint} over HTTP and JMX, beside {@code caches}, and
 * for the health of caches.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, classes = ActuatorApplication.class,
		properties = { "spring.datasource.generate-unique-name=true", "spring.jmx.enabled=true",
				"management.endpoints.web.exposure.include=cachepolicies,caches,health",
				"management.endpoints.jmx.exposure.include=*", "management.endpoint.health.show-details=always",
				"management.endpoints.jmx.domain=cachepolicy.test", "cache-policy.caches.orders.policy=write-back",
				"cache-policy.caches.orders.write-back.flush-interval=1h",
				"cache-policy.caches.orders.write-back.retry.max-attempts=1", "cache-policy.caches.single.store=orders",
				"cache-policy.caches.single.policy=write-back", "cache-policy.caches.single.write-back.max-pending=1",
				"cache-policy.caches.single.write-back.overflow=reject",
				"cache-policy.caches.single.write-back.retry.max-attempts=1",
				"management.health.cache-policy.store-away-threshold=1ms",
				"management.health.cache-policy.backlog-age-threshold=1ms" })
@DirtiesContext
class CachePoliciesEndpointIntegrationTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final HttpClient client = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@Autowired
	private PolicyCacheManager manager;

	@Autowired
	private OrderStore store;

	private PolicyCache orders;

	@BeforeEach
	void findCache() {
		PolicyCache orders = this.manager.getCache("orders");
		assertThat(orders).isNotNull();
		this.orders = orders;
	}

	@AfterEach
	void clean() {
		this.store.strict(true);
		this.store.away(0);
		this.orders.flush(TIMEOUT);
		this.orders.deadLetters().forEach(this.orders::discard);
	}

	@Test
	void cachesAreListed() {
		this.orders.put(1L, "one");
		HttpResponse<String> response = call("GET", "");
		assertThat(response.statusCode()).isEqualTo(200);
		Map<String, Object> orders = map(map(json(response).get("caches")).get("orders"));
		assertThat(orders).containsEntry("policy", "write-back")
			.containsEntry("pending", 1)
			.containsEntry("maxPending", 100000)
			.containsEntry("maximumSize", 10000)
			.containsEntry("deadLetters", 0)
			.doesNotContainKey("letters");
		assertThat(orders.get("oldestPending")).asInstanceOf(InstanceOfAssertFactories.STRING).startsWith("PT");
		assertThat(map(orders.get("store"))).containsEntry("state", "available").containsEntry("flusherAlive", true);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8              | text/html
					*/*                                                                         | application/vnd.spring-boot.actuator.v3+json
					application/json                                                            | application/json
					application/vnd.spring-boot.actuator.v3+json, application/json              | application/vnd.spring-boot.actuator.v3+json
					""")
	void browserGetsAPageAndOthersGetJson(String accept, String contentType) {
		HttpResponse<String> response = accept(accept, "/actuator/cachepolicies");
		assertThat(response.statusCode()).as(response::body).isEqualTo(200);
		assertThat(response.headers().firstValue("Content-Type")).hasValueSatisfying((type) -> assertThat(
				MediaType.parseMediaType(type).equalsTypeAndSubtype(MediaType.parseMediaType(contentType)))
			.as(type)
			.isTrue());
		if (contentType.equals("text/html")) {
			assertThat(response.body()).startsWith("<!DOCTYPE html>")
				.contains("\"cachepolicies/page/page.css\"", "\"cachepolicies/page/page.js\"")
				.doesNotContain("{", "style=", "onclick");
		}
		else {
			assertThat(json(response)).containsKey("caches");
		}
	}

	@ParameterizedTest
	@CsvSource({ "page.css, text/css", "page.js, text/javascript", "page.svg, image/svg+xml" })
	void filesOfThePageAreServed(String file, String contentType) {
		HttpResponse<String> response = accept("*/*", "/actuator/cachepolicies/page/" + file);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Content-Type"))
			.hasValueSatisfying((type) -> assertThat(type).startsWithIgnoringCase(contentType));
		assertThat(response.body()).isNotBlank().doesNotContain("https:", "innerHTML", "eval(");
	}

	@ParameterizedTest
	@ValueSource(strings = { "page/page.html", "page/application.yml", "orders/page.js", "page/..%2Fpage.js" })
	void nothingElseIsServed(String path) {
		assertThat(accept("*/*", "/actuator/cachepolicies/" + path).statusCode()).isIn(400, 404);
	}

	private HttpResponse<String> accept(String accept, String path) {
		return send(HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.header("Accept", accept)
			.build());
	}

	@Test
	void cacheIsShownWithDeadLettersButWithoutValues() {
		this.orders.put(7L, "bad secret");
		this.orders.flush(TIMEOUT);
		HttpResponse<String> response = call("GET", "/orders");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).doesNotContain("secret");
		Map<String, Object> orders = json(response);
		assertThat(orders).containsEntry("name", "orders").containsEntry("deadLetters", 1);
		assertThat(list(orders.get("letters"))).singleElement().satisfies((letter) -> {
			assertThat(map(letter)).containsEntry("key", "7")
				.containsEntry("operation", "put")
				.containsEntry("attempts", 1);
			assertThat(map(map(letter).get("reason")))
				.containsEntry("exception", "org.springframework.dao.DataIntegrityViolationException")
				.containsKey("time");
		});
		assertThat(map(orders.get("lastError"))).containsEntry("exception",
				"org.springframework.dao.DataIntegrityViolationException");
	}

	@Test
	void cacheIsFlushed() {
		this.orders.put(1L, "one");
		HttpResponse<String> response = call("POST", "/orders?timeout=5s");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(json(response)).isEqualTo(Map.of("written", 1, "failed", 0, "remaining", 0));
		assertThat(this.store.rows()).containsEntry(1L, "one");
		assertThat(json(call("POST", "/orders"))).isEqualTo(Map.of("written", 0, "failed", 0, "remaining", 0));
	}

	@Test
	void deadLetterIsReplayed() {
		long id = deadLetter();
		assertThat(call("POST", "/orders/deadletters/" + (id + 1)).statusCode()).isEqualTo(404);
		this.store.strict(false);
		assertThat(call("POST", "/orders/deadletters/" + id).statusCode()).isEqualTo(204);
		assertThat(call("POST", "/orders/deadletters/" + id).statusCode()).isEqualTo(404);
		this.orders.flush(TIMEOUT);
		assertThat(this.store.rows()).containsEntry(8L, "bad");
	}

	@Test
	@DisplayName("F6: all dead letters are replayed by one call")
	void allDeadLettersAreReplayed() {
		for (long key = 1; key <= 20; key++) {
			this.orders.put(key, "bad");
		}
		this.orders.flush(TIMEOUT);
		assertThat(this.orders.deadLetters()).hasSize(20);
		assertThat(call("POST", "/orders/letters").statusCode()).isEqualTo(404);
		this.store.strict(false);
		HttpResponse<String> response = call("POST", "/orders/deadletters");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(json(response)).isEqualTo(Map.of("replayed", 20, "remaining", 0));
		this.orders.flush(TIMEOUT);
		assertThat(this.store.rows()).containsEntry(1L, "bad").containsEntry(20L, "bad");
		assertThat(json(call("POST", "/orders/deadletters"))).isEqualTo(Map.of("replayed", 0, "remaining", 0));
	}

	@Test
	void deadLetterIsKeptWhenItsReplayHasNoRoom() {
		PolicyCache single = this.manager.getCache("single");
		assertThat(single).isNotNull();
		single.put(8L, "bad");
		single.flush(TIMEOUT);
		String letter = "/single/deadletters/" + single.deadLetters().get(0).id();
		this.store.away(Integer.MAX_VALUE);
		single.put(1L, "one");
		assertThat(call("POST", letter).statusCode()).isEqualTo(503);
		assertThat(call("POST", "/single/deadletters").statusCode()).isEqualTo(503);
		assertThat(single.deadLetters()).hasSize(1);
		assertThat(single.pendingWrites()).isOne();
		this.store.away(0);
		this.store.strict(false);
		assertThat(single.flush(TIMEOUT).written()).isOne();
		assertThat(call("POST", letter).statusCode()).isEqualTo(204);
		assertThat(single.flush(TIMEOUT).remaining()).isZero();
		assertThat(single.deadLetters()).isEmpty();
		assertThat(this.store.rows()).containsEntry(8L, "bad");
	}

	@Test
	void deadLetterIsDiscarded() {
		long id = deadLetter();
		assertThat(call("DELETE", "/orders/deadletters/" + (id + 1)).statusCode()).isEqualTo(404);
		assertThat(call("DELETE", "/orders/deadletters/" + id).statusCode()).isEqualTo(204);
		assertThat(call("DELETE", "/orders/deadletters/" + id).statusCode()).isEqualTo(404);
		assertThat(this.orders.deadLetters()).isEmpty();
		assertThat(this.orders.pendingWrites()).isZero();
	}

	@Test
	void whatIsNotThereIsNotFound() {
		assertThat(call("GET", "/unknown").statusCode()).isEqualTo(404);
		assertThat(call("POST", "/unknown").statusCode()).isEqualTo(404);
		assertThat(call("POST", "/unknown/deadletters/1").statusCode()).isEqualTo(404);
		assertThat(call("POST", "/unknown/deadletters").statusCode()).isEqualTo(404);
		long id = deadLetter();
		assertThat(call("DELETE", "/orders/letters/" + id).statusCode()).isEqualTo(404);
		assertThat(this.orders.deadLetters()).hasSize(1);
		assertThat(this.manager.getCacheNames()).doesNotContain("unknown");
	}

	@Test
	void whatCannotBeReadIsBadRequest() {
		assertThat(call("POST", "/orders?timeout=soon").statusCode()).isEqualTo(400);
		assertThat(call("POST", "/orders?timeout=-5s").statusCode()).isEqualTo(400);
		assertThat(call("POST", "/orders/deadletters/one").statusCode()).isEqualTo(400);
		assertThat(call("DELETE", "/orders/deadletters/one").statusCode()).isEqualTo(400);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
			"text/plain; charset=application/json" })
	@DisplayName("G3: no operation is a request that a page of another site can send")
	void whatAPageOfAnotherSiteCanSendIsRefused(String contentType) {
		long id = deadLetter();
		this.orders.put(1L, "one");
		List.of("/orders", "/orders?timeout=1s", "/orders/deadletters", "/orders/deadletters/" + id)
			.forEach((path) -> assertThat(foreign("POST", path, contentType).statusCode()).as(path).isEqualTo(415));
		assertThat(this.orders.pendingWrites()).isOne();
		assertThat(this.orders.deadLetters()).extracting(DeadLetter::id).containsExactly(id);
		// What a browser asks before it sends a removal, or JSON
		HttpResponse<String> preflight = foreign("OPTIONS", "/orders/deadletters/" + id, contentType);
		assertThat(preflight.headers().map()).doesNotContainKeys("access-control-allow-origin",
				"access-control-allow-methods", "access-control-allow-headers");
		assertThat(this.orders.deadLetters()).hasSize(1);
	}

	private HttpResponse<String> foreign(String method, String path, String contentType) {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + this.port + "/actuator/cachepolicies" + path))
			.header("Origin", "https://evil.example")
			.method(method, HttpRequest.BodyPublishers.ofString("{\"timeout\": \"1s\"}"));
		if (method.equals("OPTIONS")) {
			request.header("Access-Control-Request-Method", "DELETE");
		}
		if (!contentType.isEmpty()) {
			request.header("Content-Type", contentType);
		}
		return send(request.build());
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT240H", "61s", "1d", "PT99999999999H", "P106751991167300D" })
	void timeoutThatIsTooLongIsBadRequest(String timeout) {
		this.store.away(Integer.MAX_VALUE);
		this.orders.put(1L, "one");
		assertThat(call("POST", "/orders?timeout=" + timeout).statusCode()).isEqualTo(400);
		assertThatExceptionOfType(JMException.class).isThrownBy(() -> invoke("flush", "orders", timeout));
	}

	@Test
	void otherMethodIsNotAllowed() {
		long id = deadLetter();
		assertThat(call("PUT", "/orders/deadletters/" + id).statusCode()).isEqualTo(405);
	}

	@Test
	void cachesEndpointOfSpringBootWorksBeside() {
		HttpResponse<String> response = send("GET", "/actuator/caches");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(map(map(map(json(response).get("cacheManagers")).get("cacheManager")).get("caches")))
			.containsKey("orders");
	}

	@Test
	void healthTellsOfDeadLetters() {
		deadLetter();
		HttpResponse<String> response = send("GET", "/actuator/health");
		assertThat(response.statusCode()).isEqualTo(200);
		Map<String, Object> health = map(map(json(response).get("components")).get("cachePolicy"));
		assertThat(health).containsEntry("status", "UP");
		assertThat(map(health.get("details"))).containsEntry("deadLetters", Map.of("orders", 1));
	}

	@Test
	void documentedAnswersHaveTheFieldsOfRealOnes() {
		deadLetter();
		this.store.away(Integer.MAX_VALUE);
		this.orders.put(1L, "one");
		this.orders.flush(Duration.ofMillis(1));
		Awaitility.await().untilAsserted(() -> assertThat(call("GET", "").body()).contains("awayFor"));
		DocumentedAnswers documented = DocumentedAnswers.read();
		assertThat(documented.fields("/actuator/cachepolicies")).isEqualTo(fields(call("GET", "")));
		assertThat(documented.fields("/actuator/cachepolicies/sessions?timeout=5s"))
			.isEqualTo(fields(call("POST", "/orders?timeout=1ms")));
		assertThat(documented.fields("/actuator/health/cachePolicy"))
			.isEqualTo(fields(send("GET", "/actuator/health/cachePolicy")));
		// The store is not away in this one
		Set<String> details = fields(call("GET", "/orders"));
		assertThat(details.remove("store.awayFor")).isTrue();
		assertThat(documented.fields("/actuator/cachepolicies/sessions")).isEqualTo(details);
	}

	private static Set<String> fields(HttpResponse<String> response) {
		return DocumentedAnswers.fieldsOf(json(response));
	}

	@Test
	void beanServerHasEndpoint() throws JMException {
		long id = deadLetter();
		this.orders.put(1L, "one");
		assertThat(map(map(map(invoke("caches")).get("caches")).get("orders"))).containsEntry("pending", 1L);
		assertThat(map(invoke("cache", "orders"))).containsEntry("deadLetters", 1);
		assertThat(invoke("cache", "unknown")).isNull();
		assertThat(invoke("flush", "orders", "5s")).isEqualTo(Map.of("written", 1L, "failed", 0L, "remaining", 0L));
		assertThat(invoke("flush", "orders", null)).isEqualTo(Map.of("written", 0L, "failed", 0L, "remaining", 0L));
		this.store.strict(false);
		assertThat(invoke("replayDeadLetter", "orders", id)).isEqualTo(Map.of("replayed", true));
		assertThat(invoke("discardDeadLetter", "orders", id)).isEqualTo(Map.of("discarded", false));
		this.store.strict(true);
		id = deadLetter();
		assertThat(invoke("discardDeadLetter", "orders", id)).isEqualTo(Map.of("discarded", true));
	}

	private static @Nullable Object invoke(String operation, @Nullable Object... arguments) throws JMException {
		MBeanServer server = ManagementFactory.getPlatformMBeanServer();
		ObjectName name = server.queryNames(new ObjectName("cachepolicy.test:type=Endpoint,name=Cachepolicies,*"), null)
			.iterator()
			.next();
		String[] signature = new String[arguments.length];
		return server.invoke(name, operation, arguments, signature);
	}

	private long deadLetter() {
		this.orders.put(8L, "bad");
		this.orders.flush(TIMEOUT);
		return this.orders.deadLetters().get(0).id();
	}

	private HttpResponse<String> call(String method, String path) {
		return send(method, "/actuator/cachepolicies" + path);
	}

	private HttpResponse<String> send(String method, String path) {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.header("Content-Type", "application/json")
			.method(method, HttpRequest.BodyPublishers.noBody())
			.build();
		return send(request);
	}

	private HttpResponse<String> send(HttpRequest request) {
		try {
			return this.client.send(request, HttpResponse.BodyHandlers.ofString());
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Map<String, Object> json(HttpResponse<String> response) {
		return JsonParserFactory.getJsonParser().parseMap(response.body());
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> map(@Nullable Object value) {
		assertThat(value).isInstanceOf(Map.class);
		return (Map<String, Object>) value;
	}

	private static List<?> list(@Nullable Object value) {
		assertThat(value).isInstanceOf(List.class);
		return (List<?>) value;
	}

}
