package io.cachepolicy.sample.demo;

/**
 * One of the write policies that are shown side by side, with a cache and a table of its
 * own. The policy is that of the cache in {@code application.yml}.
 */
enum Lane {

	WRITE_THROUGH("readings-through", "through_reading", ThroughReading::new),

	WRITE_BACK("readings-back", "back_reading", BackReading::new),

	WRITE_AROUND("readings-around", "around_reading", AroundReading::new);

	private final String cacheName;

	private final String table;

	private final ReadingFactory factory;

	Lane(String cacheName, String table, ReadingFactory factory) {
		this.cacheName = cacheName;
		this.table = table;
		this.factory = factory;
	}

	String cacheName() {
		return this.cacheName;
	}

	String table() {
		return this.table;
	}

	Reading reading(String sensor, double celsius, long number) {
		return this.factory.create(sensor, celsius, number);
	}

	private interface ReadingFactory {

		Reading create(String sensor, double celsius, long number);

	}

}
