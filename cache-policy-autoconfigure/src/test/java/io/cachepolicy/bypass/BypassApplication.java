package io.cachepolicy.bypass;

import io.cachepolicy.testsupport.Postgres;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/**
 * An application with three caches of one entity, one per policy, and two of a hierarchy.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableCaching
@Import(Lookups.class)
class BypassApplication {

	static ConfigurableApplicationContext start(String... properties) {
		return new SpringApplicationBuilder(BypassApplication.class).web(WebApplicationType.NONE)
			.properties("spring.datasource.url=" + Postgres.createDatabase(), "spring.jpa.hibernate.ddl-auto=create",
					"spring.main.banner-mode=off", "logging.level.root=error", "logging.level.org.hibernate=off",
					"cache-policy.defaults.write-back.flush-interval=1h",
					"cache-policy.defaults.write-back.retry.initial-interval=5ms", cache("write-through", Ware.class),
					policy("write-through"), cache("write-back", Ware.class), policy("write-back"),
					cache("write-around", Ware.class), policy("write-around"), cache("machines", Machine.class),
					cache("robots", Robot.class))
			.properties(properties)
			.run();
	}

	private static String cache(String name, Class<?> entity) {
		return "cache-policy.caches." + name + ".entity=" + entity.getName();
	}

	private static String policy(String name) {
		return "cache-policy.caches." + name + ".policy=" + name;
	}

}
