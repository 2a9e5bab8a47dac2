package io.cachepolicy.actuate;

import io.cachepolicy.WritePolicy;
import io.micrometer.observation.Observation;

/**
 * Context of the {@link CachePolicyObservation#STORE_WRITE observation of a write that
 * goes to the store at once}.
 */
public final class StoreWriteObservationContext extends Observation.Context {

	private final String cacheName;

	private final String cacheManagerName;

	private final WritePolicy policy;

	private final int rows;

	StoreWriteObservationContext(String cacheName, String cacheManagerName, WritePolicy policy, int rows) {
		this.cacheName = cacheName;
		this.cacheManagerName = cacheManagerName;
		this.policy = policy;
		this.rows = rows;
	}

	public String getCacheName() {
		return this.cacheName;
	}

	public String getCacheManagerName() {
		return this.cacheManagerName;
	}

	public WritePolicy getPolicy() {
		return this.policy;
	}

	public int getRows() {
		return this.rows;
	}

}
