package org.springframework.samples.shop;

import io.cachepolicy.PolicyCached;

/**
 * A service of an application whose package is one of Spring, as those of Spring's
 * samples are.
 */
public class SampleService {

	/**
	 * Read a value.
	 * @param id its id
	 * @return the value
	 */
	@PolicyCached(value = "samples", key = "#id")
	public String find(long id) {
		return "value of " + id;
	}

}
