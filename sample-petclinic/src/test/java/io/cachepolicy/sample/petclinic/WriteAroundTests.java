package io.cachepolicy.sample.petclinic;

import org.springframework.test.context.TestPropertySource;

/**
 * The clinic with write-around.
 */
@TestPropertySource(properties = { "cache-policy.defaults.policy=write-around" })
class WriteAroundTests extends AbstractPetClinicTests {

	@Override
	long statementsOfOwner() {
		return 2;
	}

	@Override
	long statementsOfVet() {
		return 1;
	}

}
