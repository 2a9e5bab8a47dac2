package io.cachepolicy.jpa;

import io.cachepolicy.settings.StoreMode;
import io.cachepolicy.testsupport.MariaDb;
import io.cachepolicy.testsupport.RequiresMariaDb;

/**
 * {@link AbstractCascadingRepositoryStoreTests} on MariaDB.
 */
@RequiresMariaDb
class MariaDbMergeRepositoryStoreIntegrationTests extends AbstractCascadingRepositoryStoreTests {

	@Override
	String createDatabase() {
		return MariaDb.createDatabase();
	}

	@Override
	StoreMode storeMode() {
		return StoreMode.MERGE;
	}

}
