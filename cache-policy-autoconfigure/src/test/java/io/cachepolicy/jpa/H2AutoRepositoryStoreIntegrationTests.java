package io.cachepolicy.jpa;

import io.cachepolicy.settings.StoreMode;

/**
 * Tests for {@link RepositoryStore} on H2, when the way to write batches is chosen.
 */
class H2AutoRepositoryStoreIntegrationTests extends AbstractCascadingRepositoryStoreTests {

	@Override
	String createDatabase() {
		return "jdbc:h2:mem:storeauto;DB_CLOSE_DELAY=-1";
	}

	@Override
	StoreMode storeMode() {
		return StoreMode.AUTO;
	}

}
