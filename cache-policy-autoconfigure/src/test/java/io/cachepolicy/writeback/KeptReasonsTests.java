package io.cachepolicy.writeback;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KeptReasons}.
 */
class KeptReasonsTests {

	private final KeptReasons reasons = new KeptReasons();

	private static RuntimeException alike(String message) {
		IllegalStateException reason = new IllegalStateException(message);
		// As if all came from the same place
		reason.setStackTrace(new StackTraceElement[0]);
		return reason;
	}

	@Test
	@DisplayName("G2: failures that are alike share the first exception until the last letter is gone")
	void firstReasonIsSharedUntilTheLastLetterIsGone() {
		RuntimeException first = alike("row 1");
		assertThat(this.reasons.share(first)).isSameAs(first);
		assertThat(this.reasons.share(alike("row 2"))).isSameAs(first);
		assertThat(this.reasons.share(alike("row 3"))).isSameAs(first);
		this.reasons.release(first);
		this.reasons.release(first);
		assertThat(this.reasons.size()).isOne();
		assertThat(this.reasons.share(alike("row 4"))).isSameAs(first);
		this.reasons.release(first);
		this.reasons.release(first);
		assertThat(this.reasons.size()).isZero();
		RuntimeException later = alike("row 5");
		assertThat(this.reasons.share(later)).isSameAs(later);
	}

	@Test
	@DisplayName("G2: failures that are not alike have their own reasons")
	void otherFailureHasItsOwnReason() {
		RuntimeException first = alike("row 1");
		UnsupportedOperationException other = new UnsupportedOperationException("row 1");
		this.reasons.share(first);
		assertThat(this.reasons.share(other)).isSameAs(other);
		assertThat(this.reasons.size()).isEqualTo(2);
		this.reasons.release(other);
		assertThat(this.reasons.size()).isOne();
		assertThat(this.reasons.share(alike("row 2"))).isSameAs(first);
	}

}
