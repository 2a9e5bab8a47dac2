package io.cachepolicy.repository;

import io.cachepolicy.testsupport.Postgres;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * An application with repositories and nothing else.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableCaching
class RepositoryApplication {

	static ConfigurableApplicationContext start(String... properties) {
		return new SpringApplicationBuilder(RepositoryApplication.class).web(WebApplicationType.NONE)
			.properties("spring.datasource.url=" + Postgres.createDatabase(), "spring.jpa.hibernate.ddl-auto=create",
					"spring.jpa.properties.hibernate.generate_statistics=true", "spring.main.banner-mode=off",
					"logging.level.root=error", "logging.level.org.hibernate=off",
					"cache-policy.defaults.write-back.flush-interval=1h",
					"cache-policy.defaults.write-back.retry.initial-interval=5ms")
			.properties(properties)
			.run();
	}

}
