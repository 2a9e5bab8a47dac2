package io.cachepolicy.sample.petclinic;

import org.springframework.test.context.TestPropertySource;

/**
 * The clinic with cached copies of what has no lazy association, in requests too.
 */
@TestPropertySource(properties = { "cache-policy.caches.vets.detached-reads=true",
		"cache-policy.caches.types.detached-reads=true" })
class DetachedReadsTests extends AbstractPetClinicTests {

	@Override
	long statementsOfOwner() {
		return 2;
	}

	@Override
	long statementsOfVet() {
		return 0;
	}

}
