package io.cachepolicy.jpa;

import java.util.UUID;

/**
 * Tests for recovered writes on H2.
 */
class H2RecoveredWritesIntegrationTests extends AbstractRecoveredWritesTests {

	@Override
	String createDatabase() {
		return "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
	}

}
