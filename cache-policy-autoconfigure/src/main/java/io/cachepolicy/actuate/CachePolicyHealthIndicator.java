package io.cachepolicy.actuate;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;

import io.cachepolicy.cache.ConfigurablePolicyCacheManager;
import io.cachepolicy.cache.ManagedPolicyCache;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.cache.WriteStatus;
import io.cachepolicy.spi.ChangeChannel;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Tells whether deferred writes reach their stores: down while a store is away for long,
 * or if a flusher died. Dead letters and an old backlog are told as details, as they need
 * a person but do not keep the application from working.
 */
public final class CachePolicyHealthIndicator extends AbstractHealthIndicator {

	private final ConfigurablePolicyCacheManager manager;

	private final Thresholds thresholds;

	private final @Nullable ChangeChannel channel;

	/**
	 * Create an indicator.
	 * @param manager the manager of the caches
	 * @param thresholds what is told
	 */
	public CachePolicyHealthIndicator(ConfigurablePolicyCacheManager manager, Thresholds thresholds) {
		this(manager, thresholds, null);
	}

	/**
	 * Create an indicator.
	 * @param manager the manager of the caches
	 * @param thresholds what is told
	 * @param channel leads to other instances, {@code null} if there are none
	 */
	public CachePolicyHealthIndicator(ConfigurablePolicyCacheManager manager, Thresholds thresholds,
			@Nullable ChangeChannel channel) {
		super("Caches could not be asked for their pending writes");
		this.manager = manager;
		this.thresholds = thresholds;
		this.channel = channel;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		Findings findings = new Findings();
		for (String name : this.manager.getCacheNames()) {
			ManagedPolicyCache cache = this.manager.getCache(name);
			PendingWrites writes = (cache != null) ? cache.findPendingWrites() : null;
			if (writes != null) {
				findings.add(name, writes, this.thresholds);
			}
		}
		findings.report(builder);
		ClusterDescriptor cluster = ClusterDescriptor.of(this.channel);
		if (cluster != null) {
			builder.withDetail("cluster", describe(cluster));
		}
	}

	/**
	 * Tell of other instances. An instance that lost them goes on, and to stop it would
	 * help nobody: the status is left alone.
	 * @param cluster what is known of them
	 * @return the details
	 */
	private static Map<String, Object> describe(ClusterDescriptor cluster) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("state", cluster.state());
		for (String state : List.of("heard", "silent")) {
			List<String> names = cluster.members()
				.stream()
				.filter((member) -> member.state().equals(state))
				.map(ClusterDescriptor.MemberDescriptor::name)
				.toList();
			if (!names.isEmpty()) {
				details.put(state, names);
			}
		}
		details.put("lag", cluster.lag().toString());
		if (cluster.lastClear() != null) {
			details.put("lastClear",
					Map.of("reason", cluster.lastClear().reason(), "age", cluster.lastClear().age().toString()));
		}
		return details;
	}

	/**
	 * What is told.
	 *
	 * @param storeAway how long a store may be away
	 * @param backlogAge the age of a pending write from which on it is a backlog
	 * @param deadLetters the number of dead letters of a cache from which on they are
	 * told
	 */
	public record Thresholds(Duration storeAway, Duration backlogAge, int deadLetters) {

	}

	/**
	 * What is out of the ordinary, by cache.
	 */
	private static final class Findings {

		private final Map<String, Object> storesAway = new TreeMap<>();

		private final TreeSet<String> flushersDead = new TreeSet<>();

		private final TreeSet<String> deadLettersFull = new TreeSet<>();

		private final Map<String, Object> backlogs = new TreeMap<>();

		private final Map<String, Object> deadLetters = new TreeMap<>();

		private boolean down;

		void add(String name, PendingWrites writes, Thresholds thresholds) {
			WriteStatus status = writes.status();
			addStore(name, status, thresholds);
			if (status.oldestAge().compareTo(thresholds.backlogAge()) >= 0 && status.pending() > 0) {
				this.backlogs.put(name, Map.of("pending", status.pending(), "oldest", status.oldestAge().toString()));
			}
			int letters = writes.deadLetters().size();
			if (letters >= Math.max(1, thresholds.deadLetters())) {
				this.deadLetters.put(name, letters);
			}
		}

		private void addStore(String name, WriteStatus status, Thresholds thresholds) {
			if (!status.awayFor().isZero()) {
				this.storesAway.put(name, status.awayFor().toString());
				this.down |= status.awayFor().compareTo(thresholds.storeAway()) > 0;
			}
			if (!status.flusherAlive()) {
				this.flushersDead.add(name);
				this.down = true;
			}
			if (status.deadLettersFull()) {
				this.deadLettersFull.add(name);
				this.down = true;
			}
		}

		void report(Health.Builder builder) {
			if (this.down) {
				builder.down();
			}
			else {
				builder.up();
			}
			BiConsumer<String, Map<String, Object>> detail = (name, found) -> {
				if (!found.isEmpty()) {
					builder.withDetail(name, found);
				}
			};
			detail.accept("storesAway", this.storesAway);
			detail.accept("backlogs", this.backlogs);
			detail.accept("deadLetters", this.deadLetters);
			if (!this.flushersDead.isEmpty()) {
				builder.withDetail("flushersDead", this.flushersDead);
			}
			if (!this.deadLettersFull.isEmpty()) {
				builder.withDetail("deadLettersFull", this.deadLettersFull);
			}
		}

	}

}
