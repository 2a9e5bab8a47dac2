package io.cachepolicy.endtoend;

/**
 * {@link AbstractPolicyTests} on H2.
 */
class H2PolicyTests extends AbstractPolicyTests {

	@Override
	String url() {
		return "jdbc:h2:mem:policies;DB_CLOSE_DELAY=-1";
	}

}
