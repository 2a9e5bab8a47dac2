package io.cachepolicy.sample.caches;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.cachepolicy.sample.AbstractSampleTests;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

import static org.assertj.core.api.Assertions.assertThat;

@TestPropertySource(properties = "management.prometheus.metrics.export.enabled=true")
class PrometheusTests extends AbstractSampleTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private static final Pattern METRIC = Pattern.compile("\\bcache_\\w+(?=[\\[{ ])");

	@ParameterizedTest
	@ValueSource(strings = { "grafana-dashboard.json", "prometheus-alerts.yml" })
	void everyMetricOfTheDocumentationIsScraped(String file) throws IOException {
		assertThat(post("/demo/bursts")).hasStatus2xxSuccessful();
		assertThat(this.caches.flush(TIMEOUT).remaining()).isZero();
		Set<String> metrics = METRIC.matcher(Files.readString(Path.of("../docs", file)))
			.results()
			.map(MatchResult::group)
			.collect(Collectors.toSet());
		assertThat(metrics).hasSizeGreaterThan(3);
		MvcTestResult scrape = get("/actuator/prometheus");
		assertThat(scrape).hasStatusOk();
		assertThat(metrics).allSatisfy((metric) -> assertThat(scrape).bodyText().contains("\n" + metric + "{"));
	}

}
