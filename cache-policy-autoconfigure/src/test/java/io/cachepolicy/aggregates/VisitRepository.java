package io.cachepolicy.aggregates;

import org.springframework.data.jpa.repository.JpaRepository;

interface VisitRepository extends JpaRepository<Clinic.Visit, Long> {

}
