package io.cachepolicy.jpa;

import io.cachepolicy.testsupport.MariaDb;
import io.cachepolicy.testsupport.RequiresMariaDb;

/**
 * {@link AbstractRecoveredWritesTests} on MariaDB.
 */
@RequiresMariaDb
class MariaDbRecoveredWritesIntegrationTests extends AbstractRecoveredWritesTests {

	@Override
	String createDatabase() {
		return MariaDb.createDatabase();
	}

}
