package io.cachepolicy.jpa;

import io.cachepolicy.settings.StoreMode;
import io.cachepolicy.testsupport.MariaDb;
import io.cachepolicy.testsupport.RequiresMariaDb;

/**
 * {@link AbstractRepositoryStoreTests} on MariaDB.
 */
@RequiresMariaDb
class MariaDbBulkRepositoryStoreIntegrationTests extends AbstractRepositoryStoreTests {

	@Override
	String createDatabase() {
		return MariaDb.createDatabase();
	}

	@Override
	StoreMode storeMode() {
		return StoreMode.BULK;
	}

}
