package io.cachepolicy.repository;

/**
 * {@link AbstractRepositoryTests} under write-back.
 */
class WriteBackRepositoryIntegrationTests extends AbstractRepositoryTests {

	WriteBackRepositoryIntegrationTests() {
		super("write-back");
	}

}
