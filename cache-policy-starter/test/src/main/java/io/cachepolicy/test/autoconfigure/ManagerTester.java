package io.cachepolicy.test.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import io.cachepolicy.FlushReport;
import io.cachepolicy.cache.ConfigurablePolicyCacheManager;
import io.cachepolicy.cache.ManagedPolicyCache;
import io.cachepolicy.test.CachePolicyTester;
import io.cachepolicy.test.TestedCache;

import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.Assert;

/**
 * The {@link CachePolicyTester} of a {@link ConfigurablePolicyCacheManager}.
 */
class ManagerTester implements CachePolicyTester {

	private final ConfigurablePolicyCacheManager manager;

	private final StoreCallCounter counter;

	private final Map<String, ManagedTestedCache> caches = new ConcurrentHashMap<>();

	ManagerTester(ConfigurablePolicyCacheManager manager, StoreCallCounter counter) {
		this.manager = manager;
		this.counter = counter;
	}

	@Override
	public TestedCache cache(String name) {
		return managed(name);
	}

	private ManagedTestedCache managed(String name) {
		ManagedPolicyCache cache = this.manager.getCache(name);
		Assert.notNull(cache, () -> "There is no cache '%s', but these: %s".formatted(name,
				new TreeSet<>(this.manager.getCacheNames())));
		return this.caches.computeIfAbsent(name, (key) -> new ManagedTestedCache(cache, this.counter));
	}

	private List<ManagedTestedCache> all() {
		return this.manager.getCacheNames().stream().sorted().map(this::managed).toList();
	}

	@Override
	public FlushReport flush(Duration timeout) {
		FlushReport report = this.manager.flush(timeout);
		if (report.equals(FlushReport.EMPTY)) {
			Assert.state(!TransactionSynchronizationManager.isActualTransactionActive(),
					"There is nothing to flush: the test is in a transaction, and what it writes is pending after the commit only. "
							+ "Commit before with TestTransaction.flagForCommit() and TestTransaction.end(), or run the test without a transaction.");
		}
		if (report.failed() + report.remaining() > 0) {
			throw failure(report, timeout);
		}
		return report;
	}

	private AssertionError failure(FlushReport report, Duration timeout) {
		StringBuilder message = new StringBuilder(
				"Not all that was pending could be stored within %d ms: %d written, %d became dead letters, %d still pending."
					.formatted(timeout.toMillis(), report.written(), report.failed(), report.remaining()));
		List<String> problems = all().stream().flatMap((cache) -> cache.describeProblems().stream()).toList();
		problems.forEach((problem) -> message.append(System.lineSeparator()).append("- ").append(problem));
		message.append(System.lineSeparator())
			.append("If the store is meant to refuse writes, call PolicyCacheManager.flush(timeout), which does not fail.");
		return new AssertionError(message.toString());
	}

	@Override
	public void reset() {
		List<ManagedTestedCache> all = all();
		all.forEach(ManagedTestedCache::dropWrites);
		all.forEach((cache) -> cache.getCache().clear());
		this.counter.reset();
		all.forEach(ManagedTestedCache::beginCount);
	}

}
