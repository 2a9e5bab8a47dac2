package io.cachepolicy.cluster;

import java.util.List;
import java.util.stream.LongStream;

import io.cachepolicy.cluster.Message.Change;
import io.cachepolicy.spi.PartName;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Outbox}.
 */
class OutboxTests {

	private final Outbox outbox = new Outbox();

	private static Change change(String cacheName, List<Object> keys, PartName... parts) {
		return new Change(cacheName, keys, List.of(parts));
	}

	@Test
	@DisplayName("R7: parts travel with the keys of a cache, each once")
	void partsOfACacheBecomeOneChange() {
		PartName one = new PartName("row", 1L);
		PartName any = new PartName("role", null);
		assertThat(this.outbox.addParts("a", List.of(one, any))).isTrue();
		assertThat(this.outbox.add("a", List.of(7L))).isFalse();
		assertThat(this.outbox.addParts("a", List.of(one))).isFalse();
		assertThat(this.outbox.addParts("b", List.of(one))).isFalse();
		assertThat(this.outbox.drain()).containsExactly(change("a", List.of(7L), one, any),
				change("b", List.of(), one));
	}

	@Test
	@DisplayName("C3: a burst of parts becomes everything")
	void burstOfPartsBecomesEverything() {
		for (long id = 0; id <= Outbox.MAX_KEYS / 2; id++) {
			this.outbox.addParts("both", List.of(new PartName("row", id)));
			this.outbox.add("both", List.of(id));
		}
		this.outbox.addParts("both", List.of(new PartName("row", 1L)));
		this.outbox.addParts("batch",
				LongStream.range(0, Outbox.MAX_KEYS + 1).mapToObj((id) -> new PartName("row", id)).toList());
		assertThat(this.outbox.drain()).containsExactly(Change.ofAll("both"), Change.ofAll("batch"));
	}

	@Test
	void changesOfACacheBecomeOne() {
		assertThat(this.outbox.add("a", List.of(1L, 2L))).isTrue();
		assertThat(this.outbox.add("b", List.of(1L))).isFalse();
		assertThat(this.outbox.add("a", List.of(2L, 3L))).isFalse();
		assertThat(this.outbox.drain()).containsExactly(change("a", List.of(1L, 2L, 3L)), change("b", List.of(1L)));
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
		assertThat(this.outbox.drain()).containsExactly(Change.ofAll("burst"), Change.ofAll("batch"),
				change("other", LongStream.range(0, Outbox.MAX_KEYS).<Object>mapToObj(Long::valueOf).toList()),
				Change.ofAll("all"));
	}

}
