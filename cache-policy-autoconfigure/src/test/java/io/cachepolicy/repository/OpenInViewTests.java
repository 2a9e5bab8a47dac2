package io.cachepolicy.repository;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.SessionFactory;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for annotated repositories in web requests.
 */
@ExtendWith(OutputCaptureExtension.class)
class OpenInViewTests {

	private static ConfigurableApplicationContext start(String... properties) {
		return new SpringApplicationBuilder(RepositoryApplication.class, WebConfiguration.class)
			.properties("server.port=0", "spring.datasource.generate-unique-name=true",
					"spring.jpa.hibernate.ddl-auto=create", "spring.main.banner-mode=off", "logging.level.root=error",
					"logging.level.io.cachepolicy=warn", "spring.jpa.properties.hibernate.generate_statistics=true")
			.properties(properties)
			.run();
	}

	/**
	 * Write a gauge and read it twice, by web requests.
	 * @param context the application
	 * @return how many statements the reads took
	 */
	private static long statementsOfReads(ConfigurableApplicationContext context) {
		RestClient client = RestClient
			.create("http://localhost:" + context.getEnvironment().getProperty("local.server.port"));
		Statistics statistics = context.getBean(EntityManagerFactory.class)
			.unwrap(SessionFactory.class)
			.getStatistics();
		client.post().uri("/gauges/1/5").retrieve().toBodilessEntity();
		assertThat(client.get().uri("/gauges/1").retrieve().body(Integer.class)).isEqualTo(5);
		client.post().uri("/gauges/1/6").retrieve().toBodilessEntity();
		statistics.clear();
		for (int i = 0; i < 3; i++) {
			assertThat(client.get().uri("/gauges/1").retrieve().body(Integer.class)).isEqualTo(6);
		}
		return statistics.getPrepareStatementCount();
	}

	@Test
	@DisplayName("under open-in-view the repository answers, and the start says once how the cache would")
	void sessionOfRequestReadsRepository(CapturedOutput output) {
		try (ConfigurableApplicationContext context = start()) {
			assertThat(statementsOfReads(context)).isEqualTo(3);
		}
		assertThat(output).containsOnlyOnce("Web requests have an open session").contains(".detached-reads' is true");
	}

	@Test
	@DisplayName("with detached-reads the cache answers under open-in-view too")
	void detachedReadsAreCached(CapturedOutput output) {
		try (ConfigurableApplicationContext context = start("cache-policy.defaults.detached-reads=true")) {
			assertThat(statementsOfReads(context)).isZero();
		}
		assertThat(output).doesNotContain("Web requests have an open session");
	}

	@Test
	@DisplayName("without open-in-view the cache answers web requests")
	void requestWithoutSessionIsCached(CapturedOutput output) {
		try (ConfigurableApplicationContext context = start("spring.jpa.open-in-view=false")) {
			assertThat(statementsOfReads(context)).isZero();
		}
		assertThat(output).doesNotContain("Web requests have an open session");
	}

	@Test
	@DisplayName("R2: what is pending is read in web requests and in read-only transactions as well")
	void pendingWriteIsReadWhereTheRepositoryAnswers() {
		try (ConfigurableApplicationContext context = start("cache-policy.caches.gauges.policy=write-back",
				"cache-policy.caches.gauges.write-back.flush-interval=1h")) {
			GaugeRepository repository = context.getBean(GaugeRepository.class);
			repository.save(new Gauge(1L, 7));
			TransactionTemplate transaction = new TransactionTemplate(
					context.getBean(PlatformTransactionManager.class));
			transaction.setReadOnly(true);
			assertThat(
					transaction.<Integer>execute((status) -> repository.findById(1L).map(Gauge::getReading).orElse(-1)))
				.isEqualTo(7);
			assertThat(pending(context)).as("a read-only transaction stores nothing").isOne();
			RestClient client = RestClient
				.create("http://localhost:" + context.getEnvironment().getProperty("local.server.port"));
			assertThat(client.get().uri("/gauges/1").retrieve().body(Integer.class)).isEqualTo(7);
			assertThat(pending(context)).isZero();
			repository.deleteById(1L);
			assertThat(client.get().uri("/gauges/1").retrieve().body(Integer.class)).isEqualTo(-1);
		}
	}

	private static long pending(ConfigurableApplicationContext context) {
		PolicyCache gauges = context.getBean(PolicyCacheManager.class).getCache("gauges");
		assertThat(gauges).isNotNull();
		return gauges.pendingWrites();
	}

	@Import(Gauges.class)
	static class WebConfiguration {

	}

	@RestController
	static class Gauges {

		private final GaugeRepository repository;

		Gauges(GaugeRepository repository) {
			this.repository = repository;
		}

		@GetMapping("/gauges/{id}")
		int read(@PathVariable long id) {
			return this.repository.findById(id).map(Gauge::getReading).orElse(-1);
		}

		@PostMapping("/gauges/{id}/{reading}")
		void write(@PathVariable long id, @PathVariable int reading) {
			Gauge gauge = this.repository.findById(id).orElseGet(() -> new Gauge(id, 0));
			gauge.setReading(reading);
			this.repository.save(gauge);
		}

	}

}
