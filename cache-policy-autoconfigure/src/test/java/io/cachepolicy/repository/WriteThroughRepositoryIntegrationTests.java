package io.cachepolicy.repository;

/**
 * {@link AbstractRepositoryTests} under write-through.
 */
class WriteThroughRepositoryIntegrationTests extends AbstractRepositoryTests {

	WriteThroughRepositoryIntegrationTests() {
		super("write-through");
	}

}
