package io.cachepolicy.jpa;

import io.cachepolicy.settings.StoreMode;

/**
 * Tests for {@link RepositoryStore} on H2, when batches are written as rows.
 */
class H2BulkRepositoryStoreIntegrationTests extends AbstractRepositoryStoreTests {

	@Override
	String createDatabase() {
		return "jdbc:h2:mem:storebulk;DB_CLOSE_DELAY=-1";
	}

	@Override
	StoreMode storeMode() {
		return StoreMode.BULK;
	}

}
