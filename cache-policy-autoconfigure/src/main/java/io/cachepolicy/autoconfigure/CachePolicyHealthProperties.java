package io.cachepolicy.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration properties for the health of caches with a write policy.
 */
@ConfigurationProperties("management.health.cache-policy")
public class CachePolicyHealthProperties {

	/**
	 * Time for which a store may be away before the status is down.
	 */
	private Duration storeAwayThreshold = Duration.ofSeconds(30);

	/**
	 * Age of a pending write from which on the backlog of its cache is a detail.
	 */
	private Duration backlogAgeThreshold = Duration.ofMinutes(1);

	/**
	 * Number of dead letters of a cache from which on they are a detail.
	 */
	private int deadLettersThreshold = 1;

	public Duration getStoreAwayThreshold() {
		return this.storeAwayThreshold;
	}

	public void setStoreAwayThreshold(Duration storeAwayThreshold) {
		this.storeAwayThreshold = storeAwayThreshold;
	}

	public Duration getBacklogAgeThreshold() {
		return this.backlogAgeThreshold;
	}

	public void setBacklogAgeThreshold(Duration backlogAgeThreshold) {
		this.backlogAgeThreshold = backlogAgeThreshold;
	}

	public int getDeadLettersThreshold() {
		return this.deadLettersThreshold;
	}

	public void setDeadLettersThreshold(int deadLettersThreshold) {
		this.deadLettersThreshold = deadLettersThreshold;
	}

}
