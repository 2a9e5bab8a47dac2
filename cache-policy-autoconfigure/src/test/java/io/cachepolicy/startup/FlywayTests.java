package io.cachepolicy.startup;

import java.util.stream.Stream;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application whose tables a migration creates, and which only starts if Hibernate
 * finds them.
 */
class FlywayTests extends AbstractStartupTests {

	@Test
	@DisplayName("S1: the caches don't need the schema before it is migrated")
	void applicationWithFlywayWorks() {
		assertWorks(startMigrated());
	}

	@Test
	@DisplayName("S1: an application with lazy beans is migrated before the caches use the schema")
	void applicationWithFlywayAndLazyBeansWorks() {
		assertWorks(startMigrated("spring.main.lazy-initialization=true"));
	}

	private ConfigurableApplicationContext startMigrated(String... properties) {
		ConfigurableApplicationContext context = startParcels(Stream
			.concat(Stream.of("spring.flyway.enabled=true", "spring.jpa.hibernate.ddl-auto=validate",
					"spring.flyway.locations=classpath:io/cachepolicy/startup/migration"), Stream.of(properties))
			.toArray(String[]::new));
		assertThat(this.database.jdbc()
			.queryForList("select \"script\" from \"flyway_schema_history\" where \"version\" = '1'", String.class))
			.containsExactly("V1__parcels.sql");
		return context;
	}

}
