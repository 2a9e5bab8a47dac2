package io.cachepolicy.jpa;

/**
 * Tests for {@link RepositoryStore} on H2.
 */
class H2RepositoryStoreIntegrationTests extends AbstractRepositoryStoreTests {

	@Override
	String createDatabase() {
		return "jdbc:h2:mem:store;DB_CLOSE_DELAY=-1";
	}

}
