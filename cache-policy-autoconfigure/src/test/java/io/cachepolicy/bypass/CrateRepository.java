package io.cachepolicy.bypass;

import org.springframework.data.jpa.repository.JpaRepository;

interface CrateRepository extends JpaRepository<Crate, Long> {

}
