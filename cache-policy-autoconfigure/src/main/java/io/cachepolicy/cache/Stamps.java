package io.cachepolicy.cache;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The stamps of the keys of a write, from before the write.
 */
final class Stamps {

	private final Map<Object, Long> stamps;

	private final ReadMoment moment;

	Stamps(CacheTier tier, Set<Object> keys, ReadMoment moment) {
		this.moment = moment;
		this.stamps = keys.stream().collect(Collectors.toMap(Function.identity(), tier::stamp));
	}

	Stamps(Object key, long stamp, ReadMoment moment) {
		this.moment = moment;
		this.stamps = Collections.singletonMap(key, stamp);
	}

	/**
	 * Return since when the values that the store returns may have been read.
	 * @return the moment before the write
	 */
	ReadMoment moment() {
		return this.moment;
	}

	long of(Object key) {
		return Objects.requireNonNull(this.stamps.get(key));
	}

}
