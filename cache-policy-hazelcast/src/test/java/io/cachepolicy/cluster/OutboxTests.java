package io.cachepolicy.cluster;

import java.util.List;
import java.util.stream.LongStream;

import io.cachepolicy.cluster.Message.Change;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Outbox}.
 */
class OutboxTests {

	private final Outbox outbox = new Outbox();

	@Test
	void changesOfACacheBecomeOne() {
		assertThat(this.outbox.add("a", List.of(1L, 2L))).isTrue();
		assertThat(this.outbox.add("b", List.of(1L))).isFalse();
		assertThat(this.outbox.add("a", List.of(2L, 3L))).isFalse();
		assertThat(this.outbox.drain()).containsExactly(new Change("a", List.of(1L, 2L, 3L)),
				new Change("b", List.of(1L)));
		assertThat(this.outbox.isEmpty()).isTrue();
		assertThat(this.outbox.drain()).isEmpty();
		assertThat(this.outbox.add("a", List.of(1L))).isTrue();
	}

	@Test
	@DisplayName("C3: a burst of a million keys becomes everything, and other caches are told as they are")
	void burstBecomesEverything() {
		for (long key = 0; key < 1_000_000; key++) {
			this.outbox.add("burst", List.of(key));
		}
		this.outbox.add("batch", LongStream.range(0, Outbox.MAX_KEYS + 1).boxed().toList());
		this.outbox.add("other", LongStream.range(0, Outbox.MAX_KEYS).boxed().toList());
		this.outbox.addAll("all");
		this.outbox.add("all", List.of(1L));
		assertThat(this.outbox.drain()).containsExactly(new Change("burst", null), new Change("batch", null),
				new Change("other", LongStream.range(0, Outbox.MAX_KEYS).<Object>mapToObj(Long::valueOf).toList()),
				new Change("all", null));
	}

}
