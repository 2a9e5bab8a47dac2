package io.cachepolicy.jpa;

/**
 * Tests for {@link BatchMode} on H2.
 */
class H2BatchModeIntegrationTests extends AbstractBatchModeTests {

	@Override
	String createDatabase() {
		return "jdbc:h2:mem:modes;DB_CLOSE_DELAY=-1";
	}

}
