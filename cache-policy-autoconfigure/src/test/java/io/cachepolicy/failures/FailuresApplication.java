package io.cachepolicy.failures;

import java.util.ArrayList;
import java.util.List;

import io.cachepolicy.testsupport.Postgres;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.GenericApplicationContext;

/**
 * An application whose caches defer their writes to PostgreSQL.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableCaching
@Import(Texts.class)
class FailuresApplication {

	/**
	 * Start the application on a database of its own.
	 * @param options of the sessions of PostgreSQL, as {@code lock_timeout=50ms}
	 * @param properties settings
	 * @return its context
	 */
	static ConfigurableApplicationContext start(List<String> options, String... properties) {
		String url = Postgres.createDatabase();
		for (String option : options) {
			url += (url.contains("options=") ? "%20" : "&options=") + "-c%20" + option;
		}
		return startOn(url, properties);
	}

	static ConfigurableApplicationContext startOn(String url, String... properties) {
		return startOn(url, (context) -> {
		}, properties);
	}

	/**
	 * Start the application with more in it.
	 * @param url the URL of its database
	 * @param initializer adds to the application
	 * @param properties settings
	 * @return its context
	 */
	static ConfigurableApplicationContext startOn(String url,
			ApplicationContextInitializer<GenericApplicationContext> initializer, String... properties) {
		List<String> defaults = new ArrayList<>(List.of("spring.datasource.url=" + url,
				"spring.jpa.hibernate.ddl-auto=update", "spring.main.banner-mode=off", "logging.level.root=warn",
				"logging.level.org.hibernate=off", "logging.level.io.cachepolicy=off",
				"cache-policy.shutdown-timeout=5s", "cache-policy.defaults.policy=write-back"));
		for (Class<?> entity : List.of(Sensor.class, Gauge.class, Client.class, Purchase.class, Reading.class)) {
			defaults.add("cache-policy.caches." + entity.getSimpleName().toLowerCase(java.util.Locale.ROOT)
					+ "s.entity=" + entity.getName());
		}
		return new SpringApplicationBuilder(FailuresApplication.class).web(WebApplicationType.NONE)
			.initializers(initializer)
			.properties(defaults.toArray(String[]::new))
			.properties(properties)
			.run();
	}

}
