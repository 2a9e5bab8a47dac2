package io.cachepolicy.endtoend;

import java.util.stream.IntStream;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.testsupport.Postgres;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.Ordered;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Applications that write back while they start, and then fail to start.
 */
class FailedRefreshTests {

	private static final int WRITES = 20;

	@ParameterizedTest
	@ValueSource(classes = { ServiceThenBean.class, CacheThenBean.class, ServiceThenLifecycle.class,
			ServiceThenRunner.class, ServiceThenListener.class })
	@DisplayName("W2: what was accepted before the start failed is stored")
	void writesBeforeAFailureAreStored(Class<?> configuration) {
		String url = Postgres.createDatabase();
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> run(url, configuration))
			.extracting(NestedExceptionUtils::getMostSpecificCause)
			.extracting(Throwable::getMessage)
			.isEqualTo("fails");
		assertThat(new JdbcTemplate(new DriverManagerDataSource(url)).queryForList("select id from note"))
			.hasSize(WRITES);
	}

	private static void run(String url, Class<?> configuration) {
		new SpringApplicationBuilder(configuration, EndToEndApplication.class).web(WebApplicationType.NONE)
			.properties("spring.datasource.url=" + url, "spring.jpa.hibernate.ddl-auto=create",
					"logging.level.root=error", "logging.level.org.springframework.boot=off",
					"cache-policy.caches.notes-back.policy=write-back",
					"cache-policy.caches.notes-back.entity=" + Note.class.getName(),
					"cache-policy.caches.notes-back.write-back.flush-interval=1h")
			.run()
			.close();
	}

	private static void write(Notes.Back notes) {
		IntStream.range(0, WRITES).forEach((i) -> notes.write(new Note("k" + i, "early")));
	}

	private static void fail() {
		throw new IllegalStateException("fails");
	}

	@Configuration(proxyBeanMethods = false)
	static class ServiceThenBean {

		@Bean
		InitializingBean early(Notes.Back notes) {
			return () -> write(notes);
		}

		@Bean
		@DependsOn("early")
		InitializingBean late() {
			return FailedRefreshTests::fail;
		}

	}

	/**
	 * The manager of the caches is older than the store, which is found at the first
	 * write.
	 */
	@Configuration(proxyBeanMethods = false)
	static class CacheThenBean {

		@Bean
		InitializingBean early(PolicyCacheManager caches) {
			return () -> {
				PolicyCache cache = caches.getCache("notes-back");
				assertThat(cache).isNotNull();
				IntStream.range(0, WRITES).forEach((i) -> cache.put("k" + i, new Note("k" + i, "early")));
			};
		}

		@Bean
		@DependsOn("early")
		InitializingBean late() {
			return FailedRefreshTests::fail;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ServiceThenLifecycle {

		@Bean
		StartAction early(Notes.Back notes) {
			return new StartAction(0, () -> write(notes));
		}

		@Bean
		StartAction late() {
			return new StartAction(Integer.MAX_VALUE, FailedRefreshTests::fail);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ServiceThenRunner {

		@Bean
		ApplicationRunner runner(Notes.Back notes) {
			return (arguments) -> {
				write(notes);
				fail();
			};
		}

	}

	/**
	 * The application has started, and is stopped before it is destroyed.
	 */
	@Configuration(proxyBeanMethods = false)
	static class ServiceThenListener {

		@Bean
		ApplicationListener<ContextRefreshedEvent> listener(Notes.Back notes) {
			return new RefreshListener(notes);
		}

	}

	private record RefreshListener(Notes.Back notes) implements ApplicationListener<ContextRefreshedEvent>, Ordered {

		@Override
		public void onApplicationEvent(ContextRefreshedEvent event) {
			write(this.notes);
			fail();
		}

		@Override
		public int getOrder() {
			return LOWEST_PRECEDENCE;
		}

	}

	/**
	 * Does something when the application starts.
	 */
	private record StartAction(int phase, Runnable action) implements SmartLifecycle {

		@Override
		public void start() {
			this.action.run();
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return false;
		}

		@Override
		public int getPhase() {
			return this.phase;
		}

	}

}
