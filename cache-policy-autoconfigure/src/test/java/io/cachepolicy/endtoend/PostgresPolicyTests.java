package io.cachepolicy.endtoend;

import io.cachepolicy.testsupport.Postgres;

/**
 * {@link AbstractPolicyTests} on PostgreSQL.
 */
class PostgresPolicyTests extends AbstractPolicyTests {

	private final String url = Postgres.createDatabase();

	@Override
	String url() {
		return this.url;
	}

}
