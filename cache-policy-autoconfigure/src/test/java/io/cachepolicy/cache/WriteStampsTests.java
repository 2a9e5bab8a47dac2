package io.cachepolicy.cache;

import io.cachepolicy.transaction.Transactions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WriteStamps}.
 */
class WriteStampsTests {

	private final WriteStamps stamps = new WriteStamps();

	@Test
	void keyThatWasNotWrittenIsBeforeTheTransactionsOfYears() {
		for (long begin = 1; begin < 1L << 42; begin *= 2) {
			assertThat(this.stamps.isBefore("key", begin)).as("%d transactions", begin).isTrue();
		}
	}

	@Test
	void writeIsBeforeTransactionsThatBeginLaterOnly() {
		long before = Transactions.tick();
		this.stamps.bump("key");
		assertThat(this.stamps.isBefore("key", before)).isFalse();
		assertThat(this.stamps.isBefore("key", Transactions.tick())).isTrue();
		this.stamps.bumpAll();
		assertThat(this.stamps.isBefore("key", Transactions.now())).isFalse();
		assertThat(this.stamps.isBefore("key", Transactions.tick())).isTrue();
		assertThat(this.stamps.isBefore("key", Transactions.UNKNOWN)).isFalse();
	}

	@Test
	void everyWriteMovesTheStamp() {
		long first = this.stamps.get("key");
		this.stamps.bump("key");
		long second = this.stamps.get("key");
		this.stamps.bumpAll();
		assertThat(this.stamps.get("key")).isGreaterThan(second);
		assertThat(second).isGreaterThan(first);
	}

	@Test
	@DisplayName("G4: stamps need as much of the heap as there are keys, up to a limit")
	void bytesGrowWithTheKeys() {
		assertThat(bytes(0)).isLessThan(1_300);
		assertThat(bytes(10)).isLessThan(3_000);
		assertThat(bytes(100_000)).isLessThan(44_000);
	}

	private static long bytes(int keys) {
		WriteStamps[] stamps = new WriteStamps[200];
		long before = usedHeap();
		for (int i = 0; i < stamps.length; i++) {
			stamps[i] = new WriteStamps();
			for (long key = 0; key < keys; key++) {
				stamps[i].bump(key);
			}
		}
		long bytes = (usedHeap() - before) / stamps.length;
		assertThat(stamps[0].get("key")).as("they are still there").isNotNegative();
		return bytes;
	}

	private static long usedHeap() {
		long least = Long.MAX_VALUE;
		for (int i = 0; i < 5; i++) {
			System.gc();
			least = Math.min(least, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
		}
		return least;
	}

}
