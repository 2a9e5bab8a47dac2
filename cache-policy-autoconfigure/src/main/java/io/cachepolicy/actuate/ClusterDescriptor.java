package io.cachepolicy.actuate;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

import io.cachepolicy.spi.ChangeChannel;
import io.cachepolicy.spi.ChannelStatus;
import org.jspecify.annotations.Nullable;

/**
 * Description of what an instance knows of the others.
 *
 * @param state {@code connected}, {@code parted} (some fell silent), {@code alone} (all
 * fell silent) or {@code down} (the channel does not work)
 * @param members the other instances
 * @param lag the time for which changes of others may be missing
 * @param sent how many keys and caches others were told of
 * @param received how many keys and caches others told of
 * @param gaps how often changes were missing
 * @param clears how often all clustered caches were cleared
 * @param lastClear why and when they were cleared last, {@code null} if they never were
 */
public record ClusterDescriptor(String state, List<MemberDescriptor> members, Duration lag, long sent, long received,
		long gaps, long clears, @Nullable ClearDescriptor lastClear) {

	/**
	 * Describe what a channel knows.
	 * @param channel the channel, if there is one
	 * @return the description, {@code null} if there is nothing to know
	 */
	static @Nullable ClusterDescriptor of(@Nullable ChangeChannel channel) {
		ChannelStatus status = (channel != null) ? channel.status() : null;
		if (status == null) {
			return null;
		}
		ChannelStatus.Clear clear = status.lastClear();
		return new ClusterDescriptor(status.state().name().toLowerCase(Locale.ROOT),
				status.members().stream().map(MemberDescriptor::of).toList(), status.lag(), status.counts().sent(),
				status.counts().received(), status.counts().gaps(), status.counts().clears(),
				(clear != null) ? new ClearDescriptor(clear.reason(), clear.age()) : null);
	}

	/**
	 * Description of another instance.
	 *
	 * @param name its address or name
	 * @param state {@code heard} or {@code silent}
	 * @param lag the time for which changes of it may be missing
	 */
	public record MemberDescriptor(String name, String state, Duration lag) {

		private static MemberDescriptor of(ChannelStatus.Member member) {
			return new MemberDescriptor(member.name(), (member.silent()) ? "silent" : "heard", member.lag());
		}

	}

	/**
	 * Description of a clear.
	 *
	 * @param reason the reason
	 * @param age how long ago
	 */
	public record ClearDescriptor(String reason, Duration age) {

	}

}
