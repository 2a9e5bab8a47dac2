package io.cachepolicy.repository;

/**
 * {@link AbstractRepositoryTests} under write-around.
 */
class WriteAroundRepositoryIntegrationTests extends AbstractRepositoryTests {

	WriteAroundRepositoryIntegrationTests() {
		super("write-around");
	}

}
