package io.cachepolicy.writeback;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.PendingLog;
import io.cachepolicy.spi.RowReference;
import io.cachepolicy.spi.RowRelations;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

/**
 * Tests for the conditions that {@link FlushOrder} makes, with caches that store nothing:
 * the own one is of rank 1.
 */
@ExtendWith(OutputCaptureExtension.class)
class PrerequisitesTests {

	private static final String COMPLAINT = "are flushed without regard to foreign keys";

	private final FlushPeers all = new FlushPeers(FlushListener.NONE);

	private final TestedPending pending = new TestedPending(10, true, PendingLog.NONE, this.all.sequence());

	private final FlushPeer own = cache(new Rows("own", 1, Set.of("parents", "peers", "own")));

	private final FlushOrder order = new FlushOrder(this.own, this.all);

	private FlushOrder order(RowRelations relations) {
		FlushPeer peer = mock(FlushPeer.class);
		given(peer.relations()).willReturn(relations);
		given(peer.name()).willReturn("own");
		return new FlushOrder(peer, this.all);
	}

	private FlushPeer cache(RowRelations relations) {
		FlushPeer cache = mock(FlushPeer.class);
		given(cache.relations()).willReturn(relations);
		given(cache.name()).willReturn(relations.rows().toString());
		this.all.add(cache, mock(Availability.class));
		return cache;
	}

	private PendingWrite write(Object key, Object value) {
		this.pending.tryReserve(1);
		this.pending.add(key, value, null, 0);
		return Objects.requireNonNull(this.pending.head(key));
	}

	private Claim claim(Object key, Object value) {
		PendingWrite write = write(key, value);
		return Objects.requireNonNull(this.pending.claim(write, write.sequence()));
	}

	private PendingWrite pendingIn(FlushPeer cache, Object key) {
		PendingWrite write = write(cache.name() + " " + key, "value");
		given(cache.head(key)).willReturn(write);
		given(cache.head(write.key())).willReturn(write);
		return write;
	}

	/**
	 * Return what a put waits for that refers to a row.
	 * @param key the key of the row
	 * @return the condition
	 */
	private @Nullable Prerequisite ofPut(Object key) {
		return this.order.ofPut(claim("child of " + key, key), null, this.order::stored);
	}

	private FlushPeer referring(int rank, int size) {
		FlushPeer cache = cache(new Rows("children", rank, Set.of("own")));
		given(cache.size()).willReturn(size);
		given(cache.requestFlush()).will((call) -> new FlushRequests(this.pending.parts()).add());
		return cache;
	}

	@Test
	void putWaitsForThePutOfALowerRank() {
		FlushPeer parents = cache(new Rows("parents", 0, Set.of()));
		PendingWrite parent = pendingIn(parents, "p");
		Prerequisite condition = Objects.requireNonNull(ofPut("p"));
		verify(parents).await(parent);
		assertThat(condition.isMet()).isFalse();
		assertThat(condition.awaited()).containsOnly(parent);
		parent.value(Absent.VALUE);
		assertThat(condition.isMet()).isTrue();
		assertThat(condition.awaited()).isEmpty();
	}

	@Test
	@DisplayName("J5: kinds of rows of one rank refer to each other in a circle, and do not wait")
	void putDoesNotWaitForAnotherCacheOfItsRank() {
		FlushPeer peers = cache(new Rows("peers", 1, Set.of("own")));
		PendingWrite peer = pendingIn(peers, "p");
		assertThat(ofPut("p")).isNull();
		verify(peers).await(peer);
	}

	@Test
	@DisplayName("W9: a put does not wait behind a later removal that turned back, as that one waits for it")
	void putDoesNotWaitBehindALaterRemovalThatTurnedBack() {
		TestedPending chains = new TestedPending(10, false, PendingLog.NONE, this.all.sequence());
		Claim child = claim("child", "p");
		chains.tryReserve(2);
		chains.add("p", Absent.VALUE, null, 0);
		PendingWrite removal = Objects.requireNonNull(chains.head("p"));
		Claim considered = Objects.requireNonNull(chains.claim(removal, removal.sequence()));
		chains.add("p", "again", null, 0);
		FlushPeer parents = cache(new Rows("parents", 0, Set.of()));
		given(parents.head("p")).willReturn(removal);
		Prerequisite condition = Objects.requireNonNull(this.order.ofPut(child, null, this.order::stored));
		assertThat(condition.isMet()).isFalse();
		chains.giveBack(considered);
		assertThat(condition.isMet()).isTrue();
	}

	@Test
	void conditionOfAPutConcernsPutsOnly() {
		pendingIn(cache(new Rows("parents", 0, Set.of())), "p");
		Prerequisite condition = Objects.requireNonNull(ofPut("p"));
		assertThat(condition.concerns(write("put", "value"))).isTrue();
		assertThat(condition.concerns(write("delete", Absent.VALUE))).isFalse();
	}

	@Test
	@DisplayName("J5: what is left of a condition are the rows of other caches")
	void rowsOfOtherCachesAreLeft() {
		PendingWrite parent = pendingIn(cache(new Rows("parents", 0, Set.of())), "p");
		PendingWrite sibling = pendingIn(this.own, "p");
		Prerequisite both = Objects.requireNonNull(ofPut("p"));
		assertThat(this.order.awaitedHere(both)).containsExactly(sibling);
		Prerequisite others = Objects.requireNonNull(this.order.ofOthers(both));
		assertThat(this.order.awaitedHere(others)).isEmpty();
		given(this.own.head(any())).willReturn(null);
		assertThat(others.isMet()).isFalse();
		parent.value(Absent.VALUE);
		assertThat(others.isMet()).isTrue();
	}

	@Test
	void nothingIsLeftOfAConditionOfOwnRows() {
		pendingIn(this.own, "p");
		assertThat(this.order.ofOthers(Objects.requireNonNull(ofPut("p")))).isNull();
		assertThat(this.order.awaitedHere(null)).isEmpty();
	}

	@Test
	void conditionWithoutRowsIsLeftAsItIs() {
		Prerequisite condition = mock(Prerequisite.class);
		assertThat(this.order.ofOthers(condition)).isSameAs(condition);
		assertThat(this.order.awaitedHere(condition)).isEmpty();
	}

	@Test
	@DisplayName("W9: a delete waits for what was accepted before in referring caches")
	void deleteWaitsForWhatIsPendingInReferringCaches() {
		FlushPeer children = referring(2, 1);
		PendingWrite delete = write("delete", Absent.VALUE);
		given(children.findAccepted(anyLong())).willReturn(write("child", "value"));
		Prerequisite condition = Objects.requireNonNull(this.order.ofDelete(delete, 1));
		assertThat(condition.isMet()).isFalse();
		assertThat(condition.concerns(delete)).isTrue();
		assertThat(condition.concerns(write("put", "value"))).isFalse();
		given(children.findAccepted(anyLong())).willReturn(null);
		assertThat(condition.isMet()).isTrue();
	}

	@Test
	void deleteDoesNotWaitForACacheWithoutWrites() {
		FlushPeer children = referring(2, 0);
		assertThat(this.order.ofDelete(write("delete", Absent.VALUE), 1)).isNull();
		verify(children, never()).requestFlush();
	}

	@Test
	@DisplayName("J5: a delete does not wait for caches of its rank, which may wait for it")
	void deleteDoesNotWaitForACacheOfItsRank() {
		referring(1, 1);
		assertThat(this.order.ofDelete(write("delete", Absent.VALUE), 1)).isNull();
	}

	@Test
	@DisplayName("J5: deletes of one round ask for one flush, which ends when nothing waits")
	void deletesOfOneRoundAskForOneFlush() {
		FlushPeer children = referring(2, 1);
		PendingWrite one = write("a", Absent.VALUE);
		PendingWrite another = write("b", Absent.VALUE);
		this.order.ofDelete(one, 1);
		this.order.ofDelete(another, 1);
		verify(children).requestFlush();
		this.order.ofDelete(one, 2);
		verify(children, times(2)).requestFlush();
		verify(children).end(any());
		this.order.waiting(true);
		verify(children).end(any());
		this.order.waiting(false);
		verify(children, times(2)).end(any());
	}

	@Test
	@DisplayName("W9: a delete does not wait for a later write that waits for it")
	void deleteLeavesACircle() {
		FlushPeer children = referring(2, 1);
		PendingWrite earlier = write("earlier", "value");
		PendingWrite delete = write("delete", Absent.VALUE);
		PendingWrite later = write("later", "value");
		PendingWrite parent = write("parent", "value");
		given(children.findAccepted(anyLong())).willReturn(later);
		Prerequisite condition = Objects.requireNonNull(this.order.ofDelete(delete, 1));
		later.awaits(() -> List.of(parent));
		assertThat(condition.isMet()).isFalse();
		parent.awaits(() -> List.of(delete));
		assertThat(condition.isMet()).isTrue();
		earlier.awaits(() -> List.of(delete));
		given(children.findAccepted(anyLong())).willReturn(earlier);
		assertThat(condition.isMet()).as("an earlier one comes first").isFalse();
	}

	@Test
	@DisplayName("W6: relations that fail are complained of once, and nothing waits")
	void relationsThatFailAreComplainedOfOnce(CapturedOutput output) {
		FlushOrder broken = order(new Rows("own", 1, Set.of()) {

			@Override
			public Collection<RowReference> references(Object value) {
				throw new IllegalStateException("no relations");
			}

		});
		for (int i = 0; i < 3; i++) {
			assertThat(broken.ofPut(claim(i, "value"), null, this.order::stored)).isNull();
		}
		assertThat(output).contains("Rows of cache 'own' " + COMPLAINT, IllegalStateException.class.getName());
		assertThat(StringUtils.countOccurrencesOf(output.toString(), COMPLAINT)).isOne();
	}

	@Test
	@DisplayName("W6: relations of another cache that fail keep no row from being deleted")
	void deleteGoesOnIfRelationsFail(CapturedOutput output) {
		FlushPeer children = referring(2, 1);
		given(children.relations()).willThrow(new IllegalStateException("no relations"));
		assertThat(this.order.ofDelete(write("delete", Absent.VALUE), 1)).isNull();
		assertThat(output).contains(COMPLAINT);
	}

	/**
	 * Rows whose values are keys of the rows to which they refer.
	 */
	private static class Rows implements RowRelations {

		private final String rows;

		private final int rank;

		private final Set<String> referred;

		Rows(String rows, int rank, Set<String> referred) {
			this.rows = rows;
			this.rank = rank;
			this.referred = referred;
		}

		@Override
		public Object rows() {
			return this.rows;
		}

		@Override
		public int rank() {
			return this.rank;
		}

		@Override
		public boolean refersTo(RowRelations other) {
			return this.referred.contains(other.rows());
		}

		@Override
		public Collection<RowReference> references(Object value) {
			return this.referred.stream().map((name) -> new RowReference(name, value)).toList();
		}

	}

}
