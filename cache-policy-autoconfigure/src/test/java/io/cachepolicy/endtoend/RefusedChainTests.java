package io.cachepolicy.endtoend;

import java.time.Duration;
import java.util.Objects;

import io.cachepolicy.FlushReport;
import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Writes of one key that don't coalesce, of which the database refuses one.
 */
class RefusedChainTests {

	@Test
	@DisplayName("J3: a refused write does not make a conflict of those behind it")
	void writesBehindARefusedOneAreStored() {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(EndToEndApplication.class)
			.web(WebApplicationType.NONE)
			.properties("spring.datasource.url=jdbc:h2:mem:chain", "spring.jpa.hibernate.ddl-auto=create",
					"cache-policy.caches.chain.entity=" + Note.class.getName(),
					"cache-policy.caches.chain.policy=write-back",
					"cache-policy.caches.chain.write-back.coalesce=false",
					"cache-policy.caches.chain.write-back.flush-interval=1h",
					"cache-policy.caches.chain.write-back.retry.initial-interval=1ms",
					"cache-policy.caches.chain.write-back.retry.max-attempts=2")
			.run()) {
			PolicyCache cache = Objects.requireNonNull(context.getBean(PolicyCacheManager.class).getCache("chain"));
			for (String text : new String[] { "good", "refused".repeat(10), "better", "best" }) {
				cache.put("a", new Note("a", text));
			}
			assertThat(cache.flush(Duration.ofSeconds(20))).isEqualTo(new FlushReport(3, 1, 0));
			assertThat(context.getBean(JdbcTemplate.class).queryForObject("select text from note", String.class))
				.isEqualTo("best");
		}
	}

}
