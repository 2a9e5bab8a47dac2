package io.cachepolicy.aggregates;

import org.springframework.data.jpa.repository.JpaRepository;

interface OwnerRepository extends JpaRepository<Clinic.Owner, Long> {

}
