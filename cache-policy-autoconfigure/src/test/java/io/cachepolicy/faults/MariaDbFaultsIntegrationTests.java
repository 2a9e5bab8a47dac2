package io.cachepolicy.faults;

import io.cachepolicy.testsupport.MariaDb;
import io.cachepolicy.testsupport.RequiresMariaDb;

/**
 * {@link AbstractFaultsTests} on MariaDB.
 */
@RequiresMariaDb
class MariaDbFaultsIntegrationTests extends AbstractFaultsTests {

	@Override
	String createDatabase() {
		return MariaDb.createDatabase();
	}

	MariaDbFaultsIntegrationTests() {
		super(50, 1);
	}

}
