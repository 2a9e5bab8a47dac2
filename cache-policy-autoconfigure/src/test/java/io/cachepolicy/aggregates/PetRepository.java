package io.cachepolicy.aggregates;

import org.springframework.data.jpa.repository.JpaRepository;

interface PetRepository extends JpaRepository<Clinic.Pet, Long> {

}
