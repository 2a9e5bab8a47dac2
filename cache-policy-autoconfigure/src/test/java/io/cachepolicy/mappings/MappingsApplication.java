package io.cachepolicy.mappings;

import java.util.ArrayList;
import java.util.List;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.mappings.zoo.Specimen;
import io.cachepolicy.testsupport.Postgres;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.persistence.autoconfigure.EntityScan;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.jpa.repository.config.EnableJpaRepositories;

/**
 * An application with a cache per entity and {@link Mode}.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableCaching
@EntityScan(basePackageClasses = Specimen.class)
@EnableJpaRepositories(basePackageClasses = Specimen.class, considerNestedRepositories = true)
class MappingsApplication {

	/**
	 * A commit that need not reach the disk is faster.
	 */
	static ConfigurableApplicationContext start(List<Specimen<?>> specimens) {
		List<String> properties = new ArrayList<>(
				List.of("spring.datasource.url=" + Postgres.createDatabase() + "&options=-c%20synchronous_commit=off",
						"spring.datasource.hikari.maximum-pool-size=8", "spring.jpa.hibernate.ddl-auto=create",
						"spring.main.banner-mode=off", "logging.level.root=warn", "logging.level.org.hibernate=off",
						"cache-policy.defaults.write-back.flush-interval=1h",
						"cache-policy.defaults.write-back.retry.max-attempts=1"));
		for (Specimen<?> specimen : specimens) {
			for (Mode mode : Mode.values()) {
				String cache = "cache-policy.caches.[" + mode.cache(specimen) + "]";
				properties.add(cache + ".entity=" + specimen.type().getName());
				properties.add(cache + ".policy=" + mode.policy());
				if (mode.policy() == WritePolicy.WRITE_BACK) {
					properties.add(cache + ".write-back.store-mode=" + mode.storeMode());
				}
			}
		}
		return new SpringApplicationBuilder(MappingsApplication.class).web(WebApplicationType.NONE)
			.properties(properties.toArray(String[]::new))
			.run();
	}

}
