package io.cachepolicy.actuate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheCustomizer;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.WritePolicy;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that dashboard, alert rules and documentation name what an application measures.
 */
class OperationsDocumentationTests {

	private static final Path DOCS = Path.of("../docs");

	private static final Pattern METRIC = Pattern.compile("(cache_\\w+)(?:\\{([^}]*)})?");

	private static final Pattern LABEL = Pattern.compile("(\\w+)(=~|=)\"([^\"]*)\"");

	private static ConfigurableApplicationContext context;

	private static List<String> samples;

	@BeforeAll
	static void scrape() {
		context = new SpringApplicationBuilder(ActuatorApplication.class, FailingExpiry.class)
			.web(WebApplicationType.NONE)
			.properties("spring.datasource.generate-unique-name=true",
					"management.prometheus.metrics.export.enabled=true", "spring.main.banner-mode=off",
					"logging.level.root=error", "cache-policy.caches.orders.policy=write-back",
					"cache-policy.caches.orders.write-back.flush-interval=1h",
					"cache-policy.caches.orders.write-back.retry.initial-interval=5ms")
			.run();
		exercise(context.getBean(PolicyCacheManager.class));
		samples = context.getBean(PrometheusMeterRegistry.class)
			.scrape()
			.lines()
			.filter((line) -> line.startsWith("cache_"))
			.toList();
	}

	private static void exercise(PolicyCacheManager manager) {
		PolicyCache orders = manager.getCache("orders");
		assertThat(orders).isNotNull();
		ActuatorApplication.OrderStore store = context.getBean(ActuatorApplication.OrderStore.class);
		orders.put(1L, "one");
		orders.put(2L, "bad");
		orders.flush(Duration.ofSeconds(10));
		orders.put(3L, "three");
		orders.flush(Duration.ofSeconds(10));
		orders.withPolicy(WritePolicy.WRITE_THROUGH).put(4L, "four");
		orders.get(1L);
		orders.get(5L);
		store.away(1);
		orders.put(6L, "six");
		orders.flush(Duration.ofSeconds(10));
		orders.put(FailingExpiry.KEY, "seven");
		orders.flush(Duration.ofSeconds(10));
		Awaitility.await()
			.until(() -> context.getBean(MeterRegistry.class)
				.find("cache.policy.flush")
				.tag("result", "failed")
				.timer() != null);
	}

	@AfterAll
	static void close() {
		context.close();
	}

	@Test
	void everyExpressionOfDashboardIsMeasured() {
		List<String> expressions = new ArrayList<>();
		collect(JsonParserFactory.getJsonParser().parseMap(read("grafana-dashboard.json")), "expr", expressions);
		collect(JsonParserFactory.getJsonParser().parseMap(read("grafana-dashboard.json")), "query", expressions);
		assertThat(expressions).hasSizeGreaterThan(15);
		expressions.stream().filter((text) -> !text.equals("prometheus")).forEach(this::check);
	}

	@Test
	void everyExpressionOfAlertRulesIsMeasured() {
		List<String> expressions = new ArrayList<>();
		collect(new Yaml().load(read("prometheus-alerts.yml")), "expr", expressions);
		assertThat(expressions).hasSize(6);
		expressions.forEach(this::check);
	}

	private void check(String expression) {
		// What follows "by" are labels
		Matcher metric = METRIC.matcher(expression.replaceAll("by \\([^)]*\\)", ""));
		int found = 0;
		while (metric.find()) {
			found++;
			String name = metric.group(1);
			String labels = (metric.group(2) != null) ? metric.group(2) : "";
			assertThat(samples).as("%s in %s", metric.group(), expression)
				.anyMatch((sample) -> sample.startsWith(name + "{"));
			LABEL.matcher(labels)
				.results()
				.forEach((label) -> assertThat(samples).as("%s in %s", label.group(), name)
					.anyMatch((sample) -> sample.startsWith(name + "{")
							&& hasLabel(sample, label.group(1), label.group(3))));
		}
		assertThat(found).as(expression).isPositive();
	}

	private static boolean hasLabel(String sample, String name, String value) {
		if (value.startsWith("$")) {
			return sample.contains(name + "=\"");
		}
		return Pattern.compile("\\b" + name + "=\"(" + value + ")\"").matcher(sample).find();
	}

	@Test
	void everyMeterIsDocumented() {
		String documentation = read("operations.md");
		Set<String> names = new TreeSet<>();
		for (Meter meter : context.getBean(MeterRegistry.class).getMeters()) {
			if (meter.getId().getName().startsWith("cache.")) {
				names.add(meter.getId().getName());
			}
		}
		assertThat(names).hasSizeGreaterThan(10)
			.allSatisfy((name) -> assertThat(documentation).contains("`" + name + "`"));
	}

	@Test
	void everyKeyOfObservationsIsDocumented() {
		String documentation = read("operations.md");
		for (CachePolicyObservation observation : CachePolicyObservation.values()) {
			List.of(observation.getLowCardinalityKeyNames(), observation.getHighCardinalityKeyNames())
				.forEach((names) -> {
					for (var name : names) {
						assertThat(documentation).contains("`" + name.asString() + "`");
					}
				});
		}
	}

	private static String read(String file) {
		try {
			return Files.readString(DOCS.resolve(file));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void collect(Object node, String key, List<String> values) {
		if (node instanceof Map<?, ?> map) {
			map.forEach((name, value) -> {
				if (key.equals(name) && value instanceof String text) {
					values.add(text);
				}
				else {
					collect(value, key, values);
				}
			});
		}
		else if (node instanceof List<?> list) {
			list.forEach((value) -> collect(value, key, values));
		}
	}

	/**
	 * Makes a flush fail unexpectedly: Caffeine's cache throws, once, when it is given
	 * what was stored.
	 */
	@TestConfiguration(proxyBeanMethods = false)
	static class FailingExpiry implements PolicyCacheCustomizer, Expiry<Object, Object> {

		static final Long KEY = 7L;

		private final AtomicBoolean failed = new AtomicBoolean();

		@Override
		public void customize(String cacheName, Caffeine<Object, Object> caffeine) {
			if (cacheName.equals("orders")) {
				caffeine.expireAfter(this);
			}
		}

		@Override
		public long expireAfterCreate(Object key, Object value, long currentTime) {
			return Long.MAX_VALUE;
		}

		@Override
		public long expireAfterUpdate(Object key, Object value, long currentTime, long currentDuration) {
			if (key.equals(KEY) && this.failed.compareAndSet(false, true)) {
				throw new IllegalStateException("Expected by the test");
			}
			return currentDuration;
		}

		@Override
		public long expireAfterRead(Object key, Object value, long currentTime, long currentDuration) {
			return currentDuration;
		}

	}

}
