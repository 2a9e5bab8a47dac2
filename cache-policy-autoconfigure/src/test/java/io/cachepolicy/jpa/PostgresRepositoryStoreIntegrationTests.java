package io.cachepolicy.jpa;

import io.cachepolicy.testsupport.Postgres;

/**
 * Tests for {@link RepositoryStore} on PostgreSQL.
 */
class PostgresRepositoryStoreIntegrationTests extends AbstractRepositoryStoreTests {

	@Override
	String createDatabase() {
		return Postgres.createDatabase();
	}

}
