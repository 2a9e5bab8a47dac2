package io.cachepolicy.model;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A write-back cache to be tried, with the settings that the model has to know.
 *
 * @param cache the name of the cache
 * @param versioned whether its rows have a version
 * @param coalesce whether pending writes of a key coalesce
 * @param cacheAbsent whether absence is cached
 * @param maxPending the maximum number of pending writes
 * @param overflowsThrough whether a write that finds no room goes to the database at
 * once, and is not refused
 * @param properties all settings
 */
record Setup(String cache, boolean versioned, boolean coalesce, boolean cacheAbsent, int maxPending,
		boolean overflowsThrough, List<String> properties) {

	/**
	 * The caches that are tried. Nothing is flushed by its age but in {@code busy}, where
	 * everything is at once.
	 */
	static final List<Setup> ALL = all();

	private static List<Setup> all() {
		List<Setup> all = new ArrayList<>();
		for (boolean versioned : new boolean[] { false, true }) {
			String prefix = (versioned) ? "versioned-" : "plain-";
			all.add(of(prefix + "tiny", versioned, "maximum-size=1", "write-back.batch-size=1"));
			all.add(of(prefix + "batch", versioned, "expire-after-write=1h"));
			all.add(of(prefix + "chain", versioned, "maximum-size=2", "write-back.coalesce=false",
					"write-back.batch-size=2"));
			all.add(of(prefix + "full", versioned, "maximum-size=2", "cache-absent=true", "write-back.max-pending=3",
					"write-back.flush-threshold=3", "write-back.overflow=reject"));
			all.add(of(prefix + "through", versioned, "maximum-size=100", "expire-after-access=1h",
					"write-back.max-pending=2", "write-back.overflow=write-through", "write-back.flush-threshold=2"));
			all.add(of(prefix + "busy", versioned, "maximum-size=3", "write-back.flush-interval=1ms",
					"write-back.batch-size=3"));
		}
		return List.copyOf(all);
	}

	static Setup any(RandomGenerator random) {
		return ALL.get(random.nextInt(ALL.size()));
	}

	private static Setup of(String cache, boolean versioned, String... own) {
		List<String> properties = new ArrayList<>(
				List.of("policy=write-back", "entity=" + ((versioned) ? VersionedRow.class : PlainRow.class).getName(),
						"write-back.durable=true", "write-back.flush-interval=1h", "write-back.flush-threshold=1000",
						"write-back.max-pending=1000", "write-back.retry.max-attempts=2",
						"write-back.retry.initial-interval=1ms", "write-back.retry.max-interval=2ms"));
		for (String property : own) {
			properties.removeIf((other) -> other.startsWith(property.substring(0, property.indexOf('=') + 1)));
			properties.add(property);
		}
		return new Setup(cache, versioned, !properties.contains("write-back.coalesce=false"),
				properties.contains("cache-absent=true"), maxPending(properties),
				properties.contains("write-back.overflow=write-through"), properties);
	}

	private static int maxPending(List<String> properties) {
		return properties.stream()
			.filter((property) -> property.startsWith("write-back.max-pending="))
			.map((property) -> property.substring(property.indexOf('=') + 1))
			.mapToInt(Integer::parseInt)
			.sum();
	}

	Row newRow(long id) {
		return (this.versioned) ? new VersionedRow(id) : new PlainRow(id);
	}

	String table() {
		return (this.versioned) ? "versioned_row" : "plain_row";
	}

	@Override
	public String toString() {
		return "cache '%s' with %s".formatted(this.cache, this.properties);
	}

}
