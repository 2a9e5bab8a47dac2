package io.cachepolicy.testsupport;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.cachepolicy.spi.ChangeChannel;
import io.cachepolicy.spi.ChannelStatus;
import io.cachepolicy.spi.PartName;
import org.jspecify.annotations.Nullable;

/**
 * A channel that remembers what is published, and receives what a test says.
 */
public final class RecordingChannel implements ChangeChannel {

	private final List<String> published = new CopyOnWriteArrayList<>();

	private final List<Receiver> receivers = new CopyOnWriteArrayList<>();

	private final AtomicInteger questions = new AtomicInteger();

	private volatile boolean doubtful;

	private volatile @Nullable ChannelStatus status;

	@Override
	public void publish(String cacheName, Collection<?> keys) {
		this.published.add(cacheName + new TreeSet<>(keys));
	}

	@Override
	public void publishAll(String cacheName) {
		this.published.add(cacheName);
	}

	@Override
	public void publishParts(String cacheName, Collection<PartName> parts) {
		this.published.add(cacheName + parts.stream().map(RecordingChannel::describe).sorted().toList());
	}

	private static String describe(PartName part) {
		return part.kind() + ((part.id() != null) ? "#" + part.id() : "");
	}

	@Override
	public void subscribe(Receiver receiver) {
		this.receivers.add(receiver);
	}

	/**
	 * Return what was published, and forget it.
	 * @return the messages in order: the name of the cache, and the keys or parts unless
	 * all are meant
	 */
	public List<String> takePublished() {
		List<String> messages = List.copyOf(this.published);
		this.published.clear();
		return messages;
	}

	@Override
	public @Nullable ChannelStatus status() {
		return this.status;
	}

	public void setStatus(@Nullable ChannelStatus status) {
		this.status = status;
	}

	/**
	 * Let the next read find that changes may have been lost.
	 */
	public void doubt() {
		this.doubtful = true;
	}

	@Override
	public void ensureCurrent() {
		this.questions.incrementAndGet();
		if (this.doubtful) {
			this.doubtful = false;
			lose();
		}
	}

	/**
	 * Return how often readers asked whether entries are current.
	 * @return the number
	 */
	public int questions() {
		return this.questions.get();
	}

	public void lose() {
		this.receivers.forEach(Receiver::lost);
	}

	public void receive(String cacheName, Object... keys) {
		this.receivers.forEach((receiver) -> receiver.changed(cacheName, List.of(keys)));
	}

	public void receiveParts(String cacheName, PartName... parts) {
		this.receivers.forEach((receiver) -> receiver.changedParts(cacheName, List.of(parts)));
	}

	public void receiveAll(String cacheName) {
		this.receivers.forEach((receiver) -> receiver.changedAll(cacheName));
	}

}
