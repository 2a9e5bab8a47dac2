package io.cachepolicy.spi;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link ChangeChannel} knows of other instances. Counts are from the start.
 *
 * @param state whether others can be heard
 * @param members the other instances, those included that fell silent
 * @param lag the time for which changes of others may be missing here at most, zero if
 * there are no others
 * @param counts what was sent, received and cleared
 * @param lastClear the last time that all clustered caches were cleared, {@code null} if
 * they never were
 */
public record ChannelStatus(State state, List<Member> members, Duration lag, Counts counts, @Nullable Clear lastClear) {

	/**
	 * Whether others can be heard.
	 */
	public enum State {

		/**
		 * All known instances are heard. There may be none.
		 */
		CONNECTED,

		/**
		 * Some instances fell silent without a goodbye, and others are heard.
		 */
		PARTED,

		/**
		 * All known instances fell silent without a goodbye.
		 */
		ALONE,

		/**
		 * The channel itself does not work, or has not started.
		 */
		DOWN

	}

	/**
	 * Another instance.
	 *
	 * @param id identifies the instance until it stops
	 * @param name its address or name, for people
	 * @param silent whether it fell silent without a goodbye
	 * @param lag the time for which changes of it may be missing here
	 */
	public record Member(String id, String name, boolean silent, Duration lag) {

	}

	/**
	 * What was sent, received and cleared.
	 *
	 * @param sent the keys and caches of which others were told
	 * @param received the keys and caches of which others told
	 * @param gaps how often messages were missing
	 * @param clears how often all clustered caches were cleared
	 */
	public record Counts(long sent, long received, long gaps, long clears) {

	}

	/**
	 * Why and when all clustered caches were cleared.
	 *
	 * @param reason the reason, for people
	 * @param age how long ago
	 */
	public record Clear(String reason, Duration age) {

	}

}
