package io.cachepolicy.journal;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/**
 * {@link AutoConfiguration Auto-configuration} for the {@link JournalMetrics}.
 */
@AutoConfiguration(after = JournalAutoConfiguration.class)
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(Journal.class)
public final class JournalMetricsAutoConfiguration {

	@Bean
	JournalMetrics policyCacheJournalMetrics(Journal journal) {
		return new JournalMetrics(journal);
	}

}
