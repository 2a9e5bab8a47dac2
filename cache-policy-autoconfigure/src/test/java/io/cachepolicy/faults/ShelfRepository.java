package io.cachepolicy.faults;

import org.springframework.data.jpa.repository.JpaRepository;

interface ShelfRepository extends JpaRepository<Shelf, Long> {

}
