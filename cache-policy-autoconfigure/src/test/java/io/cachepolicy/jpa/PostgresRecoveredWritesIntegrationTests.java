package io.cachepolicy.jpa;

import io.cachepolicy.testsupport.Postgres;

/**
 * Tests for recovered writes on PostgreSQL.
 */
class PostgresRecoveredWritesIntegrationTests extends AbstractRecoveredWritesTests {

	@Override
	String createDatabase() {
		return Postgres.createDatabase();
	}

}
