package io.cachepolicy.jpa;

import io.cachepolicy.testsupport.MariaDb;
import io.cachepolicy.testsupport.RequiresMariaDb;

/**
 * {@link AbstractBatchModeTests} on MariaDB.
 */
@RequiresMariaDb
class MariaDbBatchModeIntegrationTests extends AbstractBatchModeTests {

	@Override
	String createDatabase() {
		return MariaDb.createDatabase();
	}

	@Override
	boolean hasUpsert() {
		return false;
	}

}
