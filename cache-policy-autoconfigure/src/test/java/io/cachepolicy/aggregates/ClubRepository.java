package io.cachepolicy.aggregates;

import org.springframework.data.jpa.repository.JpaRepository;

interface ClubRepository extends JpaRepository<Clinic.Club, Long> {

}
