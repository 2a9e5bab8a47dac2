package io.cachepolicy.endtoend;

import java.util.function.Consumer;

import io.cachepolicy.PolicyCached;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.interceptor.CacheErrorHandler;
import org.springframework.cache.interceptor.LoggingCacheErrorHandler;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

import static io.cachepolicy.PolicyCached.Operation.WRITE;

/**
 * An application as a user would write it, with a {@link CachingConfigurer} that swallows
 * cache errors.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableCaching
class EndToEndApplication implements CachingConfigurer {

	static ConfigurableApplicationContext start(String url, String... properties) {
		return new SpringApplicationBuilder(EndToEndApplication.class).web(WebApplicationType.NONE)
			.properties("spring.datasource.url=" + url, "spring.jpa.hibernate.ddl-auto=update",
					"spring.jpa.properties.hibernate.generate_statistics=true", "spring.main.banner-mode=off",
					"logging.level.root=warn", "logging.level.org.hibernate.orm.jdbc.error=off",
					"spring.datasource.hikari.maximum-pool-size=20", "cache-policy.caches.notes-back.policy=write-back",
					"cache-policy.caches.notes-back.write-back.flush-interval=1h",
					"cache-policy.caches.notes-back.write-back.retry.initial-interval=5ms",
					"cache-policy.caches.notes-around.policy=write-around",
					"cache-policy.caches.remarks-back.policy=write-back",
					"cache-policy.caches.remarks-back.write-back.flush-interval=1h",
					"cache-policy.caches.remarks-around.policy=write-around")
			.properties(properties)
			.run();
	}

	@Override
	public CacheErrorHandler errorHandler() {
		return new LoggingCacheErrorHandler();
	}

	@Bean
	Notes.Through through(NoteRepository repository) {
		return new Notes.Through(repository);
	}

	@Bean
	Notes.Back back(NoteRepository repository) {
		return new Notes.Back(repository);
	}

	@Bean
	Notes.Around around(NoteRepository repository) {
		return new Notes.Around(repository);
	}

	@Bean
	Remarks remarks() {
		return new Remarks();
	}

	@Bean
	AfterCommit afterCommit() {
		return new AfterCommit();
	}

	/**
	 * Writes entities whose id the database generates.
	 */
	static class Remarks {

		@PolicyCached(cache = "remarks-through", operation = WRITE)
		Remark writeThrough(Remark remark) {
			return remark;
		}

		@PolicyCached(cache = "remarks-back", operation = WRITE)
		Remark writeBack(Remark remark) {
			return remark;
		}

		@PolicyCached(cache = "remarks-around", operation = WRITE)
		Remark writeAround(Remark remark) {
			return remark;
		}

	}

	/**
	 * Runs what an event carries when its transaction has committed.
	 */
	static class AfterCommit {

		@TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT)
		void on(Work work) {
			work.action().accept("after commit");
		}

		record Work(Consumer<String> action) {

		}

	}

}
