package io.cachepolicy.faults;

import io.cachepolicy.testsupport.Postgres;

class PostgresFaultsIntegrationTests extends AbstractFaultsTests {

	PostgresFaultsIntegrationTests() {
		super(100, 1);
	}

	/**
	 * A commit that need not reach the disk is faster.
	 */
	@Override
	String createDatabase() {
		return Postgres.createDatabase() + "&options=-c%20synchronous_commit=off";
	}

}
