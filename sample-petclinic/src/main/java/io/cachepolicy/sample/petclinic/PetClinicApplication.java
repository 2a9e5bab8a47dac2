package io.cachepolicy.sample.petclinic;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cache.annotation.EnableCaching;

/**
 * A clinic for pets: owners, their pets and visits, and vets. It knows of caches by
 * {@code @EnableCaching} and the annotations of its repositories only.
 */
@SpringBootApplication
@EnableCaching
public class PetClinicApplication {

	public static void main(String[] args) {
		SpringApplication.run(PetClinicApplication.class, args);
	}

}
