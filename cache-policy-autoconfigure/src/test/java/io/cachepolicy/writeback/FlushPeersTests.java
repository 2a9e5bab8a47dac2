package io.cachepolicy.writeback;

import java.util.Collection;
import java.util.Map;
import java.util.Set;

import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.FlushListener;
import io.cachepolicy.spi.RowReference;
import io.cachepolicy.spi.RowRelations;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.spy;
import static org.mockito.Mockito.verify;

/**
 * Tests for {@link FlushPeers}: the value of an order is the key of its customer.
 */
class FlushPeersTests {

	private final FlushPeers peers = new FlushPeers(FlushListener.NONE);

	private final TestedPending pendingCustomers = new TestedPending(10, true);

	private final TestedPending pendingOrders = new TestedPending(10, true);

	private final FlushPeer customers = add(new Rows("customers", Set.of()), this.pendingCustomers);

	private final FlushPeer orders = add(new Rows("orders", Set.of("customers")), this.pendingOrders);

	private FlushPeer add(Rows rows, TestedPending pending) {
		FlushPeer peer = new FlushPeer(rows.rows(), rows, pending.parts(), new FlushRequests(pending.parts()));
		this.peers.add(peer, mock(Availability.class));
		return peer;
	}

	private static void add(TestedPending pending, Object key, Object value) {
		assertThat(pending.tryReserve(1)).isTrue();
		pending.add(key, value, null, 0);
	}

	private boolean areIndependent(FlushPeer own, Object key, Object value) {
		return this.peers.areIndependent(own, Map.of(key, value));
	}

	@Test
	@DisplayName("J5: a value may be stored at once unless the row to which it refers is pending")
	void valueIsIndependentUnlessItRefersToAPendingRow() {
		add(this.pendingOrders, "alice", "bob");
		assertThat(areIndependent(this.orders, "order", "alice")).as("a row of another kind").isTrue();
		add(this.pendingCustomers, "alice", "");
		assertThat(areIndependent(this.orders, "order", "alice")).isFalse();
		assertThat(areIndependent(this.orders, "order", "bob")).isTrue();
		assertThat(areIndependent(this.customers, "alice", "alice")).as("refers to nothing").isTrue();
	}

	@Test
	@DisplayName("J5: a removal may be stored at once unless rows are pending that may refer to its own")
	void removalIsIndependentUnlessReferringRowsArePending() {
		add(this.pendingCustomers, "alice", "");
		assertThat(areIndependent(this.customers, "bob", Absent.VALUE)).isTrue();
		assertThat(areIndependent(this.orders, "order", Absent.VALUE)).as("nothing refers to it").isTrue();
		add(this.pendingOrders, "order", "alice");
		assertThat(areIndependent(this.customers, "bob", Absent.VALUE)).isFalse();
		assertThat(areIndependent(this.orders, "order", Absent.VALUE)).isTrue();
	}

	@Test
	@DisplayName("J5: writes are independent if all of them are")
	void oneDependentWriteIsEnough() {
		add(this.pendingCustomers, "alice", "");
		assertThat(this.peers.areIndependent(this.orders, Map.of())).isTrue();
		assertThat(this.peers.areIndependent(this.orders, Map.of(1, "bob", 2, "carol"))).isTrue();
		assertThat(this.peers.areIndependent(this.orders, Map.of(1, "bob", 2, "alice"))).isFalse();
	}

	@Test
	@DisplayName("J5: a pending row that is stored for the caller is no obstacle")
	void storedRowIsNoObstacle() {
		add(this.pendingCustomers, "alice", "");
		add(this.pendingCustomers, "bob", "");
		Map<Object, Object> writes = Map.of(1, "alice", 2, "bob");
		Set<RowReference> stored = Set.of(new RowReference("customers", "alice"));
		assertThat(this.peers.areIndependent(this.orders, Map.of(1, "alice"), stored::contains)).isTrue();
		assertThat(this.peers.areIndependent(this.orders, writes, stored::contains)).isFalse();
	}

	@Test
	@DisplayName("caches whose writes wait are woken when others stored something, and no others")
	void waitingCachesAreSignalled() {
		FlushPeer waiting = mock(FlushPeer.class);
		FlushPeer idle = mock(FlushPeer.class);
		given(waiting.isWaiting()).willReturn(true);
		this.peers.add(idle, mock(Availability.class));
		this.peers.add(waiting, mock(Availability.class));
		this.peers.signalWaiting();
		verify(waiting).signal();
		verify(idle, never()).signal();
	}

	@Test
	@DisplayName("F1: caches of one resource are away together")
	void cachesOfOneResourceShareItsAvailability() {
		Availability database = this.peers.availability("database");
		assertThat(this.peers.availability("database")).isSameAs(database);
		assertThat(this.peers.availability("another")).isNotSameAs(database);
		Availability spied = spy(database);
		this.peers.add(this.orders, spied);
		verify(spied).add(this.orders);
	}

	/**
	 * Rows whose values are keys of the rows to which they refer.
	 *
	 * @param rows the kind of row
	 * @param referred the kinds of rows to which they refer
	 */
	private record Rows(String rows, Set<String> referred) implements RowRelations {

		@Override
		public int rank() {
			return this.referred.size();
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
