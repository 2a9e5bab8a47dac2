package io.cachepolicy.writeback;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataIntegrityViolationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for a write that was given back by one flusher and is tried again by another,
 * while the first one is still busy with the rest of its batch.
 */
class SettledClaimTests extends AbstractWriteBackTests {

	private final FakeStore store = new FakeStore();

	@Test
	@DisplayName("W1: a batch that ends leaves a write alone that another flusher has meanwhile")
	void batchThatEndsDoesNotGiveBackTheClaimOfAnother() {
		CountDownLatch again = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		AtomicInteger calls = new AtomicInteger();
		WriteBack writes = create(Specs.of("items").flushThreads(2).flushThreshold(2), this.store);
		this.store.beforeWrite((keys) -> {
			if (keys.equals(List.of("rest"))) {
				// The other flusher is to look at what was given back
				writes.expedite("row");
				awaitLatch(again);
			}
			else if (keys.contains("row") && calls.incrementAndGet() <= 2) {
				throw new DataIntegrityViolationException("refused, first with its batch, then alone");
			}
			else if (keys.contains("row") && calls.get() == 3) {
				again.countDown();
				awaitLatch(release);
			}
		});
		writes.offer("row", "value");
		writes.offer("rest", "value");
		await().until(() -> this.store.rows().containsKey("rest"));
		await().until(() -> writes.size() == 1);
		writes.offer("later", "value");
		writes.expedite("later");
		await().until(() -> this.store.rows().containsKey("later"));
		assertThat(this.store.overlaps()).isZero();
		release.countDown();
		assertThat(writes.flush(TIMEOUT).remaining()).isZero();
		await().untilAsserted(() -> assertThat(writes.size()).isZero());
		assertThat(this.store.rows()).containsOnlyKeys("row", "rest", "later");
	}

}
