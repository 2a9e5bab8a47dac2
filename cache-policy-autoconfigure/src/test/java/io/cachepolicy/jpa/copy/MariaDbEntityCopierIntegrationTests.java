package io.cachepolicy.jpa.copy;

import io.cachepolicy.testsupport.MariaDb;
import io.cachepolicy.testsupport.RequiresMariaDb;

/**
 * {@link AbstractEntityCopierTests} on MariaDB.
 */
@RequiresMariaDb
class MariaDbEntityCopierIntegrationTests extends AbstractEntityCopierTests {

	@Override
	String createDatabase() {
		return MariaDb.createDatabase();
	}

}
