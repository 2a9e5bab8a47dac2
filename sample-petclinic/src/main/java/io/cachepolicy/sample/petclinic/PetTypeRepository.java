package io.cachepolicy.sample.petclinic;

import java.util.List;

import io.cachepolicy.PolicyCached;

import org.springframework.data.jpa.repository.JpaRepository;

@PolicyCached("types")
public interface PetTypeRepository extends JpaRepository<PetType, Integer> {

	List<PetType> findAllByOrderByName();

}
