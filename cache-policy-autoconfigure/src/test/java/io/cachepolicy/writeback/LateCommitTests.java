package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.Objects;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.cache.CaffeinePolicyCacheManager;
import io.cachepolicy.testsupport.FakeStore;
import io.cachepolicy.testsupport.FakeTransactionManager;
import io.cachepolicy.testsupport.Item;
import io.cachepolicy.testsupport.Specs;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Transactions whose commit takes longer than the drain waits.
 */
@ExtendWith(OutputCaptureExtension.class)
class LateCommitTests {

	private final FakeStore store = new FakeStore();

	private final CaffeinePolicyCacheManager manager = Specs.of("items")
		.policy(WritePolicy.WRITE_BACK)
		.manager(this.store);

	@Test
	@DisplayName("W2: a write that is accepted after the drain was given up is reported")
	void writeAfterTheDrainIsReported(CapturedOutput output) {
		PolicyCache cache = Objects.requireNonNull(this.manager.getCache("items"));
		FakeTransactionManager transactions = new FakeTransactionManager();
		transactions.enlist(() -> this.manager.stop(Duration.ofMillis(20)), () -> {
		});
		new TransactionTemplate(transactions)
			.executeWithoutResult((status) -> cache.put(4711L, new Item(4711L, "late")));
		assertThat(this.store.rows()).isEmpty();
		assertThat(output).contains("4711");
	}

}
