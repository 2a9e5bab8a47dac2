package io.cachepolicy.jpa;

import io.cachepolicy.settings.StoreMode;

/**
 * Tests for {@link RepositoryStore} on H2, when batches are merged.
 */
class H2MergeRepositoryStoreIntegrationTests extends AbstractCascadingRepositoryStoreTests {

	@Override
	String createDatabase() {
		return "jdbc:h2:mem:storemerge;DB_CLOSE_DELAY=-1";
	}

	@Override
	StoreMode storeMode() {
		return StoreMode.MERGE;
	}

}
