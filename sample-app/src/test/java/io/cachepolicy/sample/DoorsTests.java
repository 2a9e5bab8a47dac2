package io.cachepolicy.sample;

import java.util.List;

import io.cachepolicy.PolicyCache;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what the application lets in, and of what it tells browsers.
 */
class DoorsTests extends AbstractSampleTests {

	@Autowired
	private MockMvcTester mvc;

	@Autowired
	private ServerProperties server;

	@Test
	void listensOnThisMachineAlone() {
		assertThat(this.server.getAddress()).isNotNull();
		assertThat(this.server.getAddress().isLoopbackAddress()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x" })
	void formsOfOtherSitesAreRefused(String contentType) {
		PolicyCache sessions = this.caches.getCache("sessions");
		assertThat(sessions).isNotNull();
		long pending = sessions.pendingWrites();
		for (String path : List.of("/demo/bursts", "/demo/traffic", "/demo/outage", "/demo/poison", "/demo/limit",
				"/demo/dead-letters/1/replay", "/caches/sessions/flush", "/sessions/1/touch", "/sessions", "/accounts",
				"/accounts/1/deposits", "/transfers", "/products", "/actuator/cachepolicies/sessions",
				"/actuator/cachepolicies/sessions/deadletters", "/actuator/cachepolicies/sessions/deadletters/1")) {
			assertThat(foreign(path, contentType)).as(path).hasStatus(HttpStatus.UNSUPPORTED_MEDIA_TYPE);
		}
		assertThat(sessions.pendingWrites()).isEqualTo(pending);
		assertThat(get("/accounts/1/row")).as("the database is not away").hasStatusOk();
	}

	private MvcTestResult foreign(String path, String contentType) {
		MockMvcTester.MockMvcRequestBuilder request = this.mvc.post()
			.uri(path)
			.header(HttpHeaders.ORIGIN, "https://evil.example");
		return ((contentType.isEmpty()) ? request : request.header(HttpHeaders.CONTENT_TYPE, contentType))
			.content("{\"username\": \"ada\"}")
			.exchange();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/index.html", "/demo/page.js", "/caches", "/actuator/health", "/nothing" })
	void pagesHaveSecurityHeaders(String path) {
		MvcTestResult result = get(path);
		assertThat(result).headers()
			.hasValue("X-Content-Type-Options", "nosniff")
			.hasValue("X-Frame-Options", "DENY")
			.hasValue("Referrer-Policy", "no-referrer");
		assertThat(result.getResponse().getHeader("Content-Security-Policy")).contains("default-src 'self'",
				"frame-ancestors 'none'");
	}

}
