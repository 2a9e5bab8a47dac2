package io.cachepolicy.sample.petclinic;

import java.util.List;

import io.cachepolicy.PolicyCached;

import org.springframework.data.jpa.repository.JpaRepository;

@PolicyCached("owners")
public interface OwnerRepository extends JpaRepository<Owner, Integer> {

	List<Owner> findByLastNameStartingWithOrderById(String lastName);

}
