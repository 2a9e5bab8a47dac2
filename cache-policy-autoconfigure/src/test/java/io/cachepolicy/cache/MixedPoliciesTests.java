package io.cachepolicy.cache;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.settings.Overflow;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.FakeTransactionManager;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.Test;

import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for deferred writes of a key that is written through as well.
 */
class MixedPoliciesTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final FakeStore store = new FakeStore();

	private final TransactionTemplate template = new TransactionTemplate(new FakeTransactionManager());

	private CaffeinePolicyCache cache = cache(Specs.of("items"));

	private CaffeinePolicyCache cache(Specs specs) {
		CaffeinePolicyCache cache = specs.policy(WritePolicy.WRITE_BACK).manager(this.store).getCache("items");
		assertThat(cache).isNotNull();
		return cache;
	}

	private void assertEndsWith(String value) {
		assertThat(this.cache.get(1L, String.class)).isEqualTo(value);
		this.cache.flush(TIMEOUT);
		assertThat(this.store.rows()).containsEntry(1L, value);
		assertThat(this.cache.get(1L, String.class)).isEqualTo(value);
		assertThat(this.cache.pendingWrites()).isZero();
	}

	@Test
	void writeThatFollowsFromOneThatWasStoredAtOnceIsNotLost() {
		this.cache.put(1L, "older");
		this.template.executeWithoutResult((status) -> {
			this.cache.withPolicy(WritePolicy.WRITE_THROUGH).put(1L, "stored");
			// As if between the commit in the store and the end of the call
			CompletableFuture.runAsync(() -> this.cache.put(1L, this.store.rows().get(1L) + " and followed")).join();
		});
		assertEndsWith("stored and followed");
	}

	@Test
	void lastWriteOfTransactionWinsIfItIsStoredAtOnce() {
		this.template.executeWithoutResult((status) -> {
			this.cache.put(1L, "deferred");
			this.cache.withPolicy(WritePolicy.WRITE_THROUGH).put(1L, "stored");
		});
		assertEndsWith("stored");
	}

	@Test
	void lastWriteOfTransactionWinsIfItIsDeferred() {
		this.template.executeWithoutResult((status) -> {
			this.cache.withPolicy(WritePolicy.WRITE_THROUGH).put(1L, "stored");
			this.cache.put(1L, "deferred");
		});
		assertEndsWith("deferred");
	}

	@Test
	void lastWriteOfTransactionWinsIfThereIsNoRoomForTheOneBefore() {
		this.cache = cache(Specs.of("items").maxPending(1).overflow(Overflow.WRITE_THROUGH, TIMEOUT));
		this.cache.put(2L, "takes the room");
		this.template.executeWithoutResult((status) -> {
			this.cache.put(1L, "deferred");
			this.cache.withPolicy(WritePolicy.WRITE_THROUGH).put(1L, "stored");
		});
		assertEndsWith("stored");
	}

	@Test
	void lastWriteOfTransactionWinsIfThereIsNoRoomForIt() {
		this.cache = cache(Specs.of("items").maxPending(1).overflow(Overflow.WRITE_THROUGH, TIMEOUT));
		this.template.executeWithoutResult((status) -> {
			this.cache.put(1L, "first");
			this.cache.put(1L, "second");
		});
		assertEndsWith("second");
	}

	@Test
	void roomOfOvertakenWritesIsFree() {
		this.cache = cache(Specs.of("items").maxPending(1).overflow(Overflow.REJECT, TIMEOUT));
		this.template.executeWithoutResult((status) -> {
			this.cache.put(1L, "deferred");
			this.cache.withPolicy(WritePolicy.WRITE_THROUGH).put(1L, "stored");
		});
		this.cache.put(2L, "finds room");
		assertEndsWith("stored");
	}

}
