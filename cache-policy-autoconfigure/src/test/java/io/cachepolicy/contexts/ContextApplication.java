package io.cachepolicy.contexts;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.data.domain.AuditorAware;
import org.springframework.data.jpa.repository.config.EnableJpaAuditing;

/**
 * An application that audits by the user of the current thread.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableCaching
@EnableJpaAuditing
class ContextApplication {

	static final ThreadLocal<@Nullable String> USER = new ThreadLocal<>();

	static ConfigurableApplicationContext start(String url, Class<?>... configurations) {
		return new SpringApplicationBuilder(ContextApplication.class).sources(configurations)
			.web(WebApplicationType.NONE)
			.properties("spring.datasource.url=" + url, "spring.jpa.hibernate.ddl-auto=update",
					"spring.main.banner-mode=off", "logging.level.root=warn",
					"cache-policy.caches.documents.entity=" + Document.class.getName(),
					"cache-policy.caches.documents.policy=write-back",
					"cache-policy.caches.documents.write-back.flush-interval=1h")
			.run();
	}

	@Bean
	AuditorAware<String> auditorAware() {
		return () -> Optional.ofNullable(USER.get());
	}

}
