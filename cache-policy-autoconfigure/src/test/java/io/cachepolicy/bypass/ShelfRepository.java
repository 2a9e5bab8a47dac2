package io.cachepolicy.bypass;

import org.springframework.data.jpa.repository.JpaRepository;

interface ShelfRepository extends JpaRepository<Shelf, Long> {

}
