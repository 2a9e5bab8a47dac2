package io.cachepolicy.jpa.copy;

import io.cachepolicy.testsupport.Postgres;

/**
 * Tests for {@link EntityCopier} on PostgreSQL.
 */
class PostgresEntityCopierIntegrationTests extends AbstractEntityCopierTests {

	@Override
	String createDatabase() {
		return Postgres.createDatabase();
	}

}
