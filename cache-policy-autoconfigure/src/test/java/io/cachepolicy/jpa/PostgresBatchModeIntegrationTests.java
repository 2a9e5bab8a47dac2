package io.cachepolicy.jpa;

import io.cachepolicy.testsupport.Postgres;

/**
 * Tests for {@link BatchMode} on PostgreSQL.
 */
class PostgresBatchModeIntegrationTests extends AbstractBatchModeTests {

	@Override
	String createDatabase() {
		return Postgres.createDatabase();
	}

}
