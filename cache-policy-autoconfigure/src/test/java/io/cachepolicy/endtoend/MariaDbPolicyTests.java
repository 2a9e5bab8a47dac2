package io.cachepolicy.endtoend;

import io.cachepolicy.testsupport.MariaDb;
import io.cachepolicy.testsupport.RequiresMariaDb;

/**
 * {@link AbstractPolicyTests} on MariaDB.
 */
@RequiresMariaDb
class MariaDbPolicyTests extends AbstractPolicyTests {

	private final String url = MariaDb.createDatabase();

	@Override
	String url() {
		return this.url;
	}

}
