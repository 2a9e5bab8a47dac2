package io.cachepolicy.hazelcast.process;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * The rows that hold others.
 */
interface ShelfRepository extends JpaRepository<Shelf, Long> {

}
