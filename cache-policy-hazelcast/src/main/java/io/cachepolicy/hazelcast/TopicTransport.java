package io.cachepolicy.hazelcast;

import java.net.SocketAddress;
import java.util.Objects;
import java.util.UUID;

import com.hazelcast.cluster.Endpoint;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.topic.ITopic;
import io.cachepolicy.cluster.Transport;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Transport} on a topic of Hazelcast, which is fast and loses messages. The
 * instance may be a member or a client; other members need none of our classes.
 */
final class TopicTransport implements Transport {

	private final HazelcastInstance hazelcast;

	private final ITopic<byte[]> topic;

	private @Nullable UUID topicListener;

	private @Nullable UUID membershipListener;

	private @Nullable UUID lifecycleListener;

	TopicTransport(HazelcastInstance hazelcast, String topicName) {
		this.hazelcast = hazelcast;
		this.topic = hazelcast.getTopic(topicName);
	}

	@Override
	public void open(Listener listener) {
		this.membershipListener = this.hazelcast.getCluster().addMembershipListener(new Members(listener));
		this.lifecycleListener = this.hazelcast.getLifecycleService()
			.addLifecycleListener((event) -> changed(event.getState(), listener));
		this.topicListener = this.topic
			.addMessageListener((message) -> listener.received(Objects.requireNonNull(message.getMessageObject())));
	}

	private static void changed(LifecycleEvent.LifecycleState state, Listener listener) {
		switch (state) {
			case MERGED -> listener.reconnected("parts of the cluster are together again");
			case CLIENT_CONNECTED, CLIENT_CHANGED_CLUSTER -> listener.reconnected("the client is connected again");
			default -> {
				// Found out by missing signs, or by isActive
			}
		}
	}

	@Override
	public void send(byte[] message) {
		this.topic.publish(message);
	}

	@Override
	public boolean isActive() {
		return this.hazelcast.getLifecycleService().isRunning();
	}

	@Override
	public int getOtherMembers() {
		return (isMember()) ? this.hazelcast.getCluster().getMembers().size() - 1 : 0;
	}

	@Override
	public @Nullable UUID getMemberId() {
		return (isMember()) ? this.hazelcast.getLocalEndpoint().getUuid() : null;
	}

	@Override
	public String getName() {
		if (isMember()) {
			return getAddress();
		}
		SocketAddress address = this.hazelcast.getLocalEndpoint().getSocketAddress();
		return this.hazelcast.getName() + ((address != null) ? " at " + address : "");
	}

	@Override
	public String getAddress() {
		Endpoint endpoint = this.hazelcast.getLocalEndpoint();
		return (endpoint instanceof Member member)
				? "%s:%d".formatted(member.getAddress().getHost(), member.getAddress().getPort()) : "";
	}

	private boolean isMember() {
		return this.hazelcast.getLocalEndpoint() instanceof Member;
	}

	@Override
	public void close() {
		if (!isActive()) {
			return;
		}
		if (this.topicListener != null) {
			this.topic.removeMessageListener(this.topicListener);
		}
		if (this.membershipListener != null) {
			this.hazelcast.getCluster().removeMembershipListener(this.membershipListener);
		}
		if (this.lifecycleListener != null) {
			this.hazelcast.getLifecycleService().removeLifecycleListener(this.lifecycleListener);
		}
	}

	/**
	 * Hands on which members come and go.
	 *
	 * @param listener told of them
	 */
	private record Members(Listener listener) implements MembershipListener {

		@Override
		public void memberAdded(MembershipEvent event) {
			this.listener.memberAdded();
		}

		@Override
		public void memberRemoved(MembershipEvent event) {
			this.listener.memberRemoved(event.getMember().getUuid());
		}

	}

}
