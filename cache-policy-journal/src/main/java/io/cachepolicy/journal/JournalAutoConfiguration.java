package io.cachepolicy.journal;

import io.cachepolicy.autoconfigure.CachePolicyAutoConfiguration;
import io.cachepolicy.spi.PendingLog;
import org.rocksdb.RocksDB;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * {@link AutoConfiguration Auto-configuration} for pending writes that survive the end of
 * the process. The directory is opened when the first durable cache is.
 */
@AutoConfiguration(before = CachePolicyAutoConfiguration.class)
@ConditionalOnClass(RocksDB.class)
@ConditionalOnMissingBean(PendingLog.Factory.class)
@EnableConfigurationProperties(JournalProperties.class)
public final class JournalAutoConfiguration {

	@Bean
	Journal policyCacheJournal(JournalProperties properties, ListableBeanFactory beanFactory) {
		return new Journal(properties, new CodecFinder(beanFactory));
	}

}
