package io.cachepolicy.sample.petclinic;

import java.util.List;
import java.util.Optional;

import io.cachepolicy.PolicyCached;

import org.springframework.data.repository.Repository;

/**
 * As small as it is needed: not even a {@code CrudRepository}.
 */
@PolicyCached("vets")
public interface VetRepository extends Repository<Vet, Integer> {

	List<Vet> findAll();

	Optional<Vet> findById(Integer id);

	Vet save(Vet vet);

}
