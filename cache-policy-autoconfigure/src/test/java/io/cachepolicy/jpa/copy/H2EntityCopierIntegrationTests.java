package io.cachepolicy.jpa.copy;

/**
 * Tests for {@link EntityCopier} on H2.
 */
class H2EntityCopierIntegrationTests extends AbstractEntityCopierTests {

	@Override
	String createDatabase() {
		return "jdbc:h2:mem:copier;DB_CLOSE_DELAY=-1";
	}

}
