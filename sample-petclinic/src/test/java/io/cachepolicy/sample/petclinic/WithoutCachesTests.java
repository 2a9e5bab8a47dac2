package io.cachepolicy.sample.petclinic;

import org.springframework.test.context.TestPropertySource;

/**
 * The clinic as it was.
 */
@TestPropertySource(properties = { "cache-policy.enabled=false" })
class WithoutCachesTests extends AbstractPetClinicTests {

	@Override
	long statementsOfOwner() {
		return 2;
	}

	@Override
	long statementsOfVet() {
		return 1;
	}

}
