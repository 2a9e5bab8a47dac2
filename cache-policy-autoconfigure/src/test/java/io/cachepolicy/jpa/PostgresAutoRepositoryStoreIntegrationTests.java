package io.cachepolicy.jpa;

import io.cachepolicy.settings.StoreMode;
import io.cachepolicy.testsupport.Postgres;

/**
 * Tests for {@link RepositoryStore} on PostgreSQL, when the way to write batches is
 * chosen.
 */
class PostgresAutoRepositoryStoreIntegrationTests extends AbstractCascadingRepositoryStoreTests {

	@Override
	String createDatabase() {
		return Postgres.createDatabase();
	}

	@Override
	StoreMode storeMode() {
		return StoreMode.AUTO;
	}

}
