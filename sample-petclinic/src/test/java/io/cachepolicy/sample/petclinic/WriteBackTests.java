package io.cachepolicy.sample.petclinic;

import org.springframework.test.context.TestPropertySource;

/**
 * The clinic with write-back, whose queries find what is pending.
 */
@TestPropertySource(properties = { "cache-policy.defaults.policy=write-back",
		"cache-policy.defaults.write-back.flush-before-queries=true" })
class WriteBackTests extends AbstractPetClinicTests {

	@Override
	long statementsOfOwner() {
		return 2;
	}

	@Override
	long statementsOfVet() {
		return 1;
	}

}
