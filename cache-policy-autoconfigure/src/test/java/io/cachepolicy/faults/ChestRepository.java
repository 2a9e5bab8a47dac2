package io.cachepolicy.faults;

import org.springframework.data.jpa.repository.JpaRepository;

interface ChestRepository extends JpaRepository<Chest, Long> {

}
