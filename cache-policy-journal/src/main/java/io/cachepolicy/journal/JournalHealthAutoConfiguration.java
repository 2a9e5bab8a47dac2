package io.cachepolicy.journal;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.context.annotation.Bean;

/**
 * {@link AutoConfiguration Auto-configuration} for the {@link JournalHealthIndicator}.
 */
@AutoConfiguration(after = JournalAutoConfiguration.class,
		beforeName = "org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration")
@ConditionalOnClass({ Health.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnEnabledHealthIndicator("cache-policy-journal")
@ConditionalOnBean(Journal.class)
public final class JournalHealthAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "cachePolicyJournalHealthIndicator")
	JournalHealthIndicator cachePolicyJournalHealthIndicator(Journal journal) {
		return new JournalHealthIndicator(journal);
	}

}
