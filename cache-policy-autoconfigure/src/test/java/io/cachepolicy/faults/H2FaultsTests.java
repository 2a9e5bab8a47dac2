package io.cachepolicy.faults;

import java.util.concurrent.atomic.AtomicInteger;

class H2FaultsTests extends AbstractFaultsTests {

	private static final AtomicInteger databases = new AtomicInteger();

	H2FaultsTests() {
		super(1900, 1);
	}

	@Override
	String createDatabase() {
		return newDatabase();
	}

	static String newDatabase() {
		return "jdbc:h2:mem:faults%d;LOCK_TIMEOUT=2000".formatted(databases.incrementAndGet());
	}

}
