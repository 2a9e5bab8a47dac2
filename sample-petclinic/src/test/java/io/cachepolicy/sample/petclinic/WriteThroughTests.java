package io.cachepolicy.sample.petclinic;

import org.springframework.test.context.TestPropertySource;

/**
 * The clinic with the annotations alone, and a session for each request.
 */
@TestPropertySource(properties = { "cache-policy.defaults.policy=write-through" })
class WriteThroughTests extends AbstractPetClinicTests {

	@Override
	long statementsOfOwner() {
		return 2;
	}

	@Override
	long statementsOfVet() {
		return 1;
	}

}
