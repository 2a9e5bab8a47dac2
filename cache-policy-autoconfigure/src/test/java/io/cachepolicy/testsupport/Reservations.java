package io.cachepolicy.testsupport;

import java.util.LinkedHashMap;
import java.util.Map;

import io.cachepolicy.cache.PendingWrites;
import io.cachepolicy.spi.Absent;
import org.jspecify.annotations.Nullable;

/**
 * Takes room that no write is going to need.
 */
public final class Reservations {

	private Reservations() {
	}

	/**
	 * Take room.
	 * @param writes the pending writes
	 * @param count for how many
	 * @return the reservation, {@code null} if the writes were to be written through
	 */
	public static PendingWrites.@Nullable Reservation take(PendingWrites writes, int count) {
		Map<Object, Object> nothing = new LinkedHashMap<>();
		for (int i = 0; i < count; i++) {
			nothing.put("reserved " + i, Absent.VALUE);
		}
		return writes.reserve(nothing, true);
	}

}
