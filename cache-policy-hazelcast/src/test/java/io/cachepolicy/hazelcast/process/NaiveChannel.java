package io.cachepolicy.hazelcast.process;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.topic.ITopic;
import io.cachepolicy.spi.ChangeChannel;
import io.cachepolicy.spi.PartName;
import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;

/**
 * A channel that tells of changes and knows nothing of what gets lost: one message of
 * twenty does.
 */
final class NaiveChannel implements ChangeChannel {

	private static final int LOST = 20;

	private final AtomicInteger sent = new AtomicInteger();

	private final ITopic<Changed> topic;

	private final String name;

	NaiveChannel(HazelcastInstance hazelcast) {
		this.topic = hazelcast.getTopic("naive");
		this.name = hazelcast.getName();
	}

	static HazelcastInstance createMember(Environment environment) {
		Config config = new Config().setClusterName("naive");
		config.setProperty("hazelcast.phone.home.enabled", "false");
		config.getNetworkConfig().setPort(environment.getRequiredProperty("cache-policy.cluster.port", Integer.class));
		JoinConfig join = config.getNetworkConfig().getJoin();
		join.getAutoDetectionConfig().setEnabled(false);
		join.getMulticastConfig().setEnabled(false);
		join.getTcpIpConfig()
			.setEnabled(true)
			.addMember(environment.getRequiredProperty("cache-policy.cluster.members"));
		return Hazelcast.newHazelcastInstance(config);
	}

	@Override
	public void publish(String cacheName, Collection<?> keys) {
		if (this.sent.incrementAndGet() % LOST != 0) {
			this.topic.publish(new Changed(this.name, cacheName, new ArrayList<>(keys), null));
		}
	}

	@Override
	public void publishParts(String cacheName, Collection<PartName> parts) {
		parts.forEach((part) -> {
			if (this.sent.incrementAndGet() % LOST != 0) {
				this.topic.publish(
						new Changed(this.name, cacheName, List.of(Objects.requireNonNull(part.id())), part.kind()));
			}
		});
	}

	@Override
	public void publishAll(String cacheName) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void subscribe(Receiver receiver) {
		this.topic.addMessageListener((message) -> {
			Changed changed = message.getMessageObject();
			String kind = changed.kind();
			if (changed.sender().equals(this.name)) {
				return;
			}
			if (kind != null) {
				receiver.changedParts(changed.cacheName(), List.of(new PartName(kind, changed.keys().get(0))));
			}
			else {
				receiver.changed(changed.cacheName(), changed.keys());
			}
		});
	}

	/**
	 * Keys changed, or a part.
	 *
	 * @param sender the sender
	 * @param cacheName the name of the cache
	 * @param keys the keys, or the id of the part
	 * @param kind the kind of the part, {@code null} if keys changed
	 */
	private record Changed(String sender, String cacheName, List<Object> keys,
			@Nullable String kind) implements Serializable {

	}

}
