package io.cachepolicy.sample.caches;

import java.util.stream.Collectors;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.sample.PolicyNames;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.util.Assert;

/**
 * Says which caches there are, and where the page is.
 */
@Component
class Welcome {

	private static final Log logger = LogFactory.getLog(Welcome.class);

	private final PolicyCacheManager caches;

	private final Environment environment;

	Welcome(PolicyCacheManager caches, Environment environment) {
		this.caches = caches;
		this.environment = environment;
	}

	@EventListener(ApplicationReadyEvent.class)
	void welcome() {
		String port = this.environment.getProperty("local.server.port");
		if (port != null) {
			logger.info("Caches: %s".formatted(this.caches.getCacheNames()
				.stream()
				.sorted()
				.map(this::describe)
				.collect(Collectors.joining(", "))));
			logger.info("Open http://localhost:%s".formatted(port));
		}
	}

	private String describe(String name) {
		PolicyCache cache = this.caches.getCache(name);
		Assert.state(cache != null, () -> "No cache '%s'".formatted(name));
		return "%s (%s)".formatted(name, PolicyNames.of(cache));
	}

}
