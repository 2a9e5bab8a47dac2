package io.cachepolicy.cache;

import io.cachepolicy.transaction.Transactions;
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

}
