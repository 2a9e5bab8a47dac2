package io.cachepolicy.history;

import java.util.ArrayList;
import java.util.List;

import io.cachepolicy.testsupport.Postgres;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * An application with a cache per policy and entity, much too small for the keys.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableCaching
class HistoryApplication {

	static ConfigurableApplicationContext start() {
		return start(Postgres.createDatabase() + "&options=-c%20synchronous_commit=off");
	}

	static ConfigurableApplicationContext start(String url) {
		List<String> properties = new ArrayList<>(List.of("spring.datasource.url=" + url,
				"spring.datasource.hikari.maximum-pool-size=20", "spring.jpa.hibernate.ddl-auto=create",
				"spring.main.banner-mode=off", "logging.level.root=warn", "logging.level.org.hibernate=off",
				"logging.level.io.cachepolicy.history=info", "cache-policy.defaults.maximum-size=2",
				"cache-policy.defaults.write-back.flush-interval=1ms", "cache-policy.defaults.write-back.batch-size=2",
				"cache-policy.defaults.write-back.max-pending=1000"));
		for (Class<?> entity : List.of(Board.class, Ledger.class)) {
			for (String policy : List.of("write-through", "write-around", "write-back")) {
				String cache = "cache-policy.caches." + name(entity, policy);
				properties.add(cache + ".entity=" + entity.getName());
				properties.add(cache + ".policy=" + policy);
			}
		}
		return new SpringApplicationBuilder(HistoryApplication.class).web(WebApplicationType.NONE)
			.properties(properties.toArray(String[]::new))
			.run();
	}

	static String name(Class<?> entity, String policy) {
		return policy + "-" + entity.getSimpleName().toLowerCase(java.util.Locale.ROOT);
	}

}
