package io.cachepolicy.writeback;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.RowReference;
import io.cachepolicy.spi.RowRelations;
import io.cachepolicy.spi.WriteContext;
import io.cachepolicy.spi.WriteMode;
import io.cachepolicy.testsupport.FakeStore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StoreCalls}.
 */
class StoreCallsTests {

	private final FakeStore store = new FakeStore() {

		@Override
		public Map<Object, Object> write(WriteMode mode, Map<Object, Object> entries) {
			Object stored = super.write(mode, entries).get("k");
			return Map.of("k", stored + " stored");
		}

	};

	private final StoreCalls calls = new StoreCalls(this.store, context("nothing"));

	private final TestedPending pending = new TestedPending(100, true);

	private final List<String> entered = new ArrayList<>();

	private Claim claim(Object key, Object value, @Nullable WriteContext context) {
		this.pending.tryReserve(1);
		this.pending.add(key, value, context, 0);
		PendingWrite write = Objects.requireNonNull(this.pending.head(key));
		return Objects.requireNonNull(this.pending.claim(write, write.sequence()));
	}

	private WriteContext context(String name) {
		return (action) -> {
			this.entered.add(name);
			action.run();
		};
	}

	@Test
	void handsBackWhatIsStored() {
		assertThat(this.calls.write(List.of(claim("k", "value", null)))).isEqualTo(Map.of("k", "value stored"));
	}

	@Test
	void handsBackWhatIsStoredInTheContextOfTheWriter() {
		assertThat(this.calls.write(List.of(claim("k", "value", context("alice")))))
			.isEqualTo(Map.of("k", "value stored"));
		assertThat(this.entered).containsExactly("alice");
	}

	@Test
	void handsBackWhatIsWrittenOver() {
		this.store.rebase((key, value) -> value + " over");
		assertThat(this.calls.overwrite(claim("k", "value", null))).isEqualTo(Map.of("k", "value over stored"));
	}

	@Test
	void handsBackWhatIsWrittenOverInTheContextOfTheWriter() {
		this.store.rebase((key, value) -> value + " over");
		assertThat(this.calls.overwrite(claim("k", "value", context("alice"))))
			.isEqualTo(Map.of("k", "value over stored"));
		assertThat(this.entered).containsExactly("alice");
	}

	@Test
	void deletesInTheContextOfTheWriterAndStoresNothing() {
		this.store.rows().put("k", "value");
		assertThat(this.calls.write(List.of(claim("k", Absent.VALUE, context("alice"))))).isEmpty();
		assertThat(this.store.rows()).isEmpty();
		assertThat(this.entered).containsExactly("alice");
	}

	@Test
	@DisplayName("J5: neighbours of one context share a call where rows refer to each other")
	void neighboursOfOneContextShareACall() {
		this.store.contextual(true);
		this.store.relations(new SelfReferring());
		WriteContext alice = context("alice");
		WriteContext bob = context("bob");
		Claim first = claim(1, "value", alice);
		Claim second = claim(2, "value", alice);
		Claim third = claim(3, "value", bob);
		Claim fourth = claim(4, "value", alice);
		assertThat(this.calls.group(List.of(first, second, third, fourth))).containsExactly(List.of(first, second),
				List.of(third), List.of(fourth));
	}

	private static final class SelfReferring implements RowRelations {

		@Override
		public Object rows() {
			return this;
		}

		@Override
		public int rank() {
			return 0;
		}

		@Override
		public boolean refersTo(RowRelations other) {
			return other == this;
		}

		@Override
		public Collection<RowReference> references(Object value) {
			return List.of();
		}

	}

}
