package io.cachepolicy.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import io.cachepolicy.cluster.Message.Origin;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Compares the settings of other instances with those of this one. What can't work
 * together is kept to fail the start, the rest is warned of once.
 */
final class Differences {

	private static final Log logger = LogFactory.getLog(Differences.class);

	private final ClusterSettings settings;

	private final Map<UUID, Origin> checked = new ConcurrentHashMap<>();

	private volatile List<String> unclustered = List.of();

	private volatile @Nullable String conflict;

	Differences(ClusterSettings settings) {
		this.settings = settings;
	}

	/**
	 * Set the caches that this instance does not share.
	 * @param names the names
	 */
	void setUnclustered(List<String> names) {
		this.unclustered = List.copyOf(names);
	}

	List<String> unclustered() {
		return this.unclustered;
	}

	/**
	 * Return what can't work together.
	 * @return the description, {@code null} if there is nothing
	 */
	@Nullable String conflict() {
		return this.conflict;
	}

	/**
	 * Compare.
	 * @param instance identifies the other instance
	 * @param origin its settings
	 */
	void check(UUID instance, Origin origin) {
		Origin before = this.checked.put(instance, origin);
		if (before != null && before.equals(origin)) {
			return;
		}
		Duration heartbeat = Duration.ofNanos(origin.heartbeat());
		Duration maxStaleness = Duration.ofNanos(origin.maxStaleness());
		if (!ClusterSettings.isCompatible(heartbeat, this.settings.maxStaleness())
				|| !ClusterSettings.isCompatible(this.settings.heartbeat(), maxStaleness)) {
			String text = "Instance %s gives a sign every %s and clears after %s, this one every %s and after %s"
				.formatted(origin.name(), heartbeat, maxStaleness, this.settings.heartbeat(),
						this.settings.maxStaleness());
			this.conflict = text;
			logger.error(text + ": one of them clears its clustered caches all the time");
		}
		else if (!maxStaleness.equals(this.settings.maxStaleness())) {
			logger.warn("Instance %s has a 'cache-policy.cluster.max-staleness' of %s, this one of %s"
				.formatted(origin.name(), maxStaleness, this.settings.maxStaleness()));
		}
		checkCaches(origin);
	}

	private void checkCaches(Origin origin) {
		List<String> different = new ArrayList<>(origin.unclustered());
		different.removeAll(this.unclustered);
		List<String> own = new ArrayList<>(this.unclustered);
		own.removeAll(origin.unclustered());
		different.addAll(own);
		if (!different.isEmpty()) {
			logger.warn(
					"Caches %s are clustered in one of this instance and %s only: the other one neither tells nor hears of changes"
						.formatted(different, origin.name()));
		}
	}

}
