package io.cachepolicy.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiPredicate;

import io.cachepolicy.DeadLetter;
import io.cachepolicy.FlushReport;
import io.cachepolicy.cache.ConfigurablePolicyCacheManager;
import io.cachepolicy.cache.ManagedPolicyCache;
import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.cache.WriteStatus;
import io.cachepolicy.spi.ChangeChannel;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.text.FailureText;
import io.cachepolicy.text.KeyText;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * {@link Endpoint @Endpoint} to see what is pending in caches with a write policy, and to
 * flush them. Shows keys, but never values; of failures, types but not messages, in which
 * stores quote values.
 */
@Endpoint(id = "cachepolicies")
public class CachePoliciesEndpoint {

	/**
	 * How long a flush waits if the request does not say.
	 */
	static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

	/**
	 * The longest that a flush waits: it holds up a thread that answers requests.
	 */
	static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(1);

	/**
	 * The most dead letters that are described in an answer: a cache may have thousands.
	 */
	static final int MOST_LETTERS = 100;

	private final ConfigurablePolicyCacheManager manager;

	private final @Nullable ChangeChannel channel;

	private final PendingLog.@Nullable Factory journal;

	/**
	 * Create an endpoint.
	 * @param manager the manager of the caches
	 */
	public CachePoliciesEndpoint(ConfigurablePolicyCacheManager manager) {
		this(manager, null, null);
	}

	/**
	 * Create an endpoint.
	 * @param manager the manager of the caches
	 * @param channel leads to other instances, {@code null} if there are none
	 * @param journal has the pending writes of durable caches, {@code null} if there are
	 * none
	 */
	public CachePoliciesEndpoint(ConfigurablePolicyCacheManager manager, @Nullable ChangeChannel channel,
			PendingLog.@Nullable Factory journal) {
		this.manager = manager;
		this.channel = channel;
		this.journal = journal;
	}

	/**
	 * Return a description of all caches.
	 * @return the caches by name
	 */
	@ReadOperation
	public CachesDescriptor caches() {
		Map<String, CacheDescriptor> caches = new TreeMap<>();
		for (String name : this.manager.getCacheNames()) {
			ManagedPolicyCache cache = find(name);
			if (cache != null) {
				caches.put(name, new CacheDescriptor(cache));
			}
		}
		return new CachesDescriptor(caches, ClusterDescriptor.of(this.channel), JournalDescriptor.of(this.journal));
	}

	/**
	 * Return a description of a cache, with its 100 oldest dead letters.
	 * @param cache the name of the cache
	 * @return the cache, or {@code null} if there is none of that name
	 */
	@ReadOperation
	public @Nullable CacheDetailsDescriptor cache(@Selector String cache) {
		ManagedPolicyCache found = find(cache);
		return (found != null) ? new CacheDetailsDescriptor(found) : null;
	}

	/**
	 * Flush a cache and wait for it.
	 * @param cache the name of the cache
	 * @param timeout the longest to wait, at most a minute, {@code null} for ten seconds
	 * @return what became of the writes, or {@code null} if there is no cache of that
	 * name
	 */
	@WriteOperation
	public @Nullable FlushDescriptor flush(@Selector String cache, @Nullable Duration timeout) {
		if (timeout != null && timeout.isNegative()) {
			throw new InvalidEndpointRequestException("Timeout is negative: " + timeout, "timeout is negative");
		}
		if (timeout != null && timeout.compareTo(LONGEST_TIMEOUT) > 0) {
			throw new InvalidEndpointRequestException(
					"Timeout is %s, the longest is %s: what is pending then is flushed all the same, ask again"
						.formatted(timeout, LONGEST_TIMEOUT),
					"timeout is longer than " + LONGEST_TIMEOUT);
		}
		ManagedPolicyCache found = find(cache);
		return (found != null) ? new FlushDescriptor(found.flush((timeout != null) ? timeout : DEFAULT_TIMEOUT)) : null;
	}

	/**
	 * Write the value of a dead letter again.
	 * @param cache the name of the cache
	 * @param id the id of the dead letter
	 * @return whether there is such a dead letter
	 */
	boolean replay(String cache, long id) {
		return onGivenUp(cache, id, ManagedPolicyCache::replay);
	}

	/**
	 * Write the values of all dead letters again.
	 * @param cache the name of the cache
	 * @return how many were written, or {@code null} if there is no cache of that name
	 */
	@Nullable ReplayDescriptor replayAll(String cache) {
		ManagedPolicyCache found = find(cache);
		return (found != null) ? ReplayDescriptor.of(found) : null;
	}

	/**
	 * Drop a dead letter.
	 * @param cache the name of the cache
	 * @param id the id of the dead letter
	 * @return whether there is such a dead letter
	 */
	boolean discard(String cache, long id) {
		return onGivenUp(cache, id, ManagedPolicyCache::discard);
	}

	private boolean onGivenUp(String name, long id, BiPredicate<ManagedPolicyCache, DeadLetter> action) {
		ManagedPolicyCache cache = find(name);
		return cache != null && cache.deadLetters()
			.stream()
			.filter((letter) -> letter.id() == id)
			.anyMatch((letter) -> action.test(cache, letter));
	}

	/**
	 * Find a cache, without creating it.
	 * @param name the name of the cache
	 * @return the cache, or {@code null} if there is none of that name
	 */
	private @Nullable ManagedPolicyCache find(String name) {
		return (this.manager.getCacheNames().contains(name)) ? this.manager.getCache(name) : null;
	}

	/**
	 * What became of dead letters that were replayed.
	 *
	 * @param replayed how many are pending again
	 * @param remaining how many dead letters there are, as there was no room for them or
	 * they are new
	 */
	public record ReplayDescriptor(int replayed, int remaining) implements OperationResponseBody {

		private static ReplayDescriptor of(ManagedPolicyCache cache) {
			int replayed = 0;
			for (DeadLetter letter : cache.deadLetters()) {
				try {
					replayed += cache.replay(letter) ? 1 : 0;
				}
				catch (DataAccessException | TransactionException ex) {
					if (replayed == 0) {
						throw ex;
					}
					break;
				}
			}
			return new ReplayDescriptor(replayed, cache.deadLetters().size());
		}

	}

	/**
	 * Description of the caches.
	 *
	 * @param caches the caches by name
	 * @param cluster what is known of other instances, {@code null} if there are none to
	 * be
	 * @param journal the journal of durable caches, {@code null} if there are none
	 */
	public record CachesDescriptor(Map<String, CacheDescriptor> caches, @Nullable ClusterDescriptor cluster,
			@Nullable JournalDescriptor journal) implements OperationResponseBody {

	}

	/**
	 * Description of the journal.
	 *
	 * @param size the bytes that its files take
	 */
	public record JournalDescriptor(long size) {

		private static @Nullable JournalDescriptor of(PendingLog.@Nullable Factory journal) {
			long size = (journal != null) ? journal.size() : 0;
			return (size > 0) ? new JournalDescriptor(size) : null;
		}

	}

	/**
	 * Description of a cache.
	 */
	public static class CacheDescriptor implements OperationResponseBody {

		private final String policy;

		private final long size;

		private final @Nullable Long maximumSize;

		private final long maxPending;

		private final int deadLetters;

		private final boolean durable;

		private final int inDoubt;

		private final @Nullable WriteStatus status;

		CacheDescriptor(ManagedPolicyCache cache) {
			this.policy = PolicyNames.of(cache.getPolicy());
			this.size = cache.getEstimatedSize();
			this.maximumSize = cache.getMaximumSize();
			this.maxPending = cache.getSpec().writeBack().maxPending();
			List<DeadLetter> letters = cache.deadLetters();
			this.deadLetters = letters.size();
			this.durable = cache.getSpec().writeBack().durable();
			this.inDoubt = (int) letters.stream().filter((letter) -> letter.kind() == DeadLetter.Kind.IN_DOUBT).count();
			PendingWrites writes = cache.findPendingWrites();
			this.status = (writes != null) ? writes.status() : null;
		}

		/**
		 * Return the policy by which the cache writes, unless a method says otherwise.
		 * @return the policy, as it is written in properties
		 */
		public String getPolicy() {
			return this.policy;
		}

		/**
		 * Return the number of entries.
		 * @return the estimated number
		 */
		public long getSize() {
			return this.size;
		}

		/**
		 * Return the most entries.
		 * @return the number, or {@code null} if there is no limit
		 */
		public @Nullable Long getMaximumSize() {
			return this.maximumSize;
		}

		/**
		 * Return the number of pending writes.
		 * @return the number
		 */
		public long getPending() {
			return (this.status != null) ? this.status.pending() : 0;
		}

		/**
		 * Return the most pending writes.
		 * @return the number
		 */
		public long getMaxPending() {
			return this.maxPending;
		}

		/**
		 * Return for how long the oldest pending write has been pending.
		 * @return the age, or {@code null} if nothing is pending
		 */
		public @Nullable Duration getOldestPending() {
			return (getPending() > 0 && this.status != null) ? this.status.oldestAge() : null;
		}

		/**
		 * Return the number of dead letters.
		 * @return the number
		 */
		public int getDeadLetters() {
			return this.deadLetters;
		}

		/**
		 * Return whether pending writes survive the end of the process.
		 * @return {@code true}, or {@code null} if they do not
		 */
		public @Nullable Boolean getDurable() {
			return (this.durable) ? true : null;
		}

		/**
		 * Return the number of dead letters that are in doubt.
		 * @return the number, or {@code null} if the cache is not durable
		 */
		public @Nullable Integer getInDoubt() {
			return (this.durable) ? this.inDoubt : null;
		}

		/**
		 * Return what flushes know of the store.
		 * @return the state, or {@code null} if no write was deferred yet
		 */
		public @Nullable StoreDescriptor getStore() {
			return (this.status != null) ? StoreDescriptor.of(this.status) : null;
		}

		/**
		 * Return the last failure of a store call of a flush.
		 * @return the failure, or {@code null} if there was none
		 */
		public @Nullable FailureDescriptor getLastError() {
			WriteStatus.LastFailure failure = (this.status != null) ? this.status.lastFailure() : null;
			return (failure != null) ? FailureDescriptor.of(failure.reason(), failure.time()) : null;
		}

	}

	/**
	 * Description of a cache with its dead letters.
	 */
	public static final class CacheDetailsDescriptor extends CacheDescriptor {

		private final String name;

		private final List<DeadLetterDescriptor> letters;

		CacheDetailsDescriptor(ManagedPolicyCache cache) {
			super(cache);
			this.name = cache.getName();
			this.letters = cache.deadLetters().stream().limit(MOST_LETTERS).map(DeadLetterDescriptor::of).toList();
		}

		public String getName() {
			return this.name;
		}

		/**
		 * Return the oldest dead letters. {@link #getDeadLetters()} tells how many there
		 * are.
		 * @return at most 100 dead letters, oldest first
		 */
		public List<DeadLetterDescriptor> getLetters() {
			return this.letters;
		}

	}

	/**
	 * Description of a store, as flushes know it.
	 *
	 * @param state {@code available} or {@code away}
	 * @param awayFor how long it has been away, {@code null} if it is not
	 * @param flusherAlive whether there is a thread to flush in
	 */
	public record StoreDescriptor(String state, @Nullable Duration awayFor, boolean flusherAlive) {

		static StoreDescriptor of(WriteStatus status) {
			boolean away = !status.awayFor().isZero();
			return new StoreDescriptor((away) ? "away" : "available", (away) ? status.awayFor() : null,
					status.flusherAlive());
		}

	}

	/**
	 * Description of a failure, without the messages, which may quote values.
	 *
	 * @param exception the type of the exception
	 * @param rootCause the type of its innermost cause, {@code null} if it has none
	 * @param sqlState the SQLSTATE, {@code null} if there is none
	 * @param time when it happened
	 */
	public record FailureDescriptor(String exception, @Nullable String rootCause, @Nullable String sqlState,
			Instant time) {

		static FailureDescriptor of(Throwable failure, Instant time) {
			Throwable root = FailureText.root(failure);
			return new FailureDescriptor(failure.getClass().getName(),
					(root != failure) ? root.getClass().getName() : null, FailureText.sqlState(failure), time);
		}

	}

	/**
	 * Description of a dead letter, without the value.
	 *
	 * @param id identifies the dead letter within its cache
	 * @param key the key of the write
	 * @param operation {@code put} or {@code remove}
	 * @param kind {@code refused}, {@code conflict} or {@code in-doubt}
	 * @param attempts how often the write was tried
	 * @param firstFailure when it failed first
	 * @param reason the last failure
	 */
	public record DeadLetterDescriptor(long id, String key, String operation, String kind, int attempts,
			Instant firstFailure, FailureDescriptor reason) {

		static DeadLetterDescriptor of(DeadLetter letter) {
			return new DeadLetterDescriptor(letter.id(), KeyText.of(letter.key()),
					(letter.value() != null) ? "put" : "remove",
					letter.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'), letter.attempts(),
					letter.firstFailure(), FailureDescriptor.of(letter.reason(), letter.lastFailure()));
		}

	}

	/**
	 * Description of what a flush did.
	 *
	 * @param written how many writes are in the store
	 * @param failed how many became dead letters
	 * @param remaining how many are still pending
	 */
	public record FlushDescriptor(long written, long failed, long remaining) implements OperationResponseBody {

		FlushDescriptor(FlushReport report) {
			this(report.written(), report.failed(), report.remaining());
		}

	}

}
