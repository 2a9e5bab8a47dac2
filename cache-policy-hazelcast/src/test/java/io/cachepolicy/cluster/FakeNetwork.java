package io.cachepolicy.cluster;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * Connects channels of one process, and does what a test says.
 */
final class FakeNetwork {

	private final List<End> ends = new CopyOnWriteArrayList<>();

	private volatile Predicate<byte[]> lost = (message) -> false;

	private volatile @Nullable RuntimeException failure;

	End end(String name) {
		return new End(name);
	}

	void lose(Predicate<byte[]> lost) {
		this.lost = lost;
	}

	void fail(@Nullable RuntimeException failure) {
		this.failure = failure;
	}

	/**
	 * Where one channel is connected.
	 */
	final class End implements Transport {

		private final UUID id = UUID.randomUUID();

		private final String name;

		private volatile @Nullable Listener listener;

		private volatile boolean active = true;

		private volatile boolean deaf;

		private volatile int sent;

		private volatile long bytes;

		End(String name) {
			this.name = name;
		}

		/**
		 * Break off without a goodbye.
		 */
		void vanish() {
			FakeNetwork.this.ends.remove(this);
			this.active = false;
			FakeNetwork.this.ends.forEach((end) -> end.listener().memberRemoved(this.id));
		}

		void end() {
			this.active = false;
		}

		void setDeaf(boolean deaf) {
			this.deaf = deaf;
		}

		int sent() {
			return this.sent;
		}

		long bytes() {
			return this.bytes;
		}

		Listener listener() {
			Listener listener = this.listener;
			if (listener == null) {
				throw new IllegalStateException("Not open");
			}
			return listener;
		}

		@Override
		public void open(Listener listener) {
			this.listener = listener;
			FakeNetwork.this.ends.forEach((end) -> end.listener().memberAdded());
			FakeNetwork.this.ends.add(this);
		}

		@Override
		@SuppressWarnings("NonAtomicOperationOnVolatileField")
		public void send(byte[] message) {
			RuntimeException failure = FakeNetwork.this.failure;
			if (failure != null) {
				throw failure;
			}
			this.sent++;
			this.bytes += message.length;
			if (!FakeNetwork.this.lost.test(message)) {
				FakeNetwork.this.ends.stream()
					.filter((end) -> !end.deaf && end.active)
					.forEach((end) -> end.listener().received(message));
			}
		}

		@Override
		public boolean isActive() {
			return this.active;
		}

		@Override
		public int getOtherMembers() {
			return FakeNetwork.this.ends.size() - 1;
		}

		@Override
		public UUID getMemberId() {
			return this.id;
		}

		@Override
		public String getName() {
			return this.name;
		}

		@Override
		public String getAddress() {
			return this.name;
		}

		@Override
		public void close() {
			FakeNetwork.this.ends.remove(this);
		}

	}

}
