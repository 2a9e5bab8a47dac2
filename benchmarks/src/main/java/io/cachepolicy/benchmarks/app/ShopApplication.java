package io.cachepolicy.benchmarks.app;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.cachepolicy.benchmarks.Database;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The application.
 */
@SpringBootApplication
@EnableCaching
public class ShopApplication {

	/**
	 * Start the application.
	 * @param database where its rows are; tables that are missing are created
	 * @param properties more settings, as in {@code name=value}
	 * @return its context
	 */
	public static ConfigurableApplicationContext start(Database database, String... properties) {
		return start(database.url(), properties);
	}

	/**
	 * Start the application.
	 * @param url the URL of its database
	 * @param properties more settings, as in {@code name=value}
	 * @return its context
	 */
	public static ConfigurableApplicationContext start(String url, String... properties) {
		return start(url, (builder) -> {
		}, properties);
	}

	/**
	 * Start the application with more in it.
	 * @param url the URL of its database
	 * @param customizer adds to the application
	 * @param properties more settings, as in {@code name=value}
	 * @return its context
	 */
	public static ConfigurableApplicationContext start(String url, Consumer<SpringApplicationBuilder> customizer,
			String... properties) {
		List<String> all = new ArrayList<>(List.of("spring.datasource.url=" + url,
				"spring.jpa.hibernate.ddl-auto=update", "spring.jpa.open-in-view=false", "logging.level.root=error",
				"logging.level.io.cachepolicy=warn", "spring.datasource.hikari.maximum-pool-size=20"));
		all.addAll(List.of(properties));
		SpringApplicationBuilder builder = new SpringApplicationBuilder(ShopApplication.class)
			.web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.properties(all.toArray(String[]::new));
		customizer.accept(builder);
		return builder.run();
	}

}
