package io.cachepolicy.startup.shelves;

import io.cachepolicy.PolicyCached;

import org.springframework.data.repository.CrudRepository;

/**
 * Has methods of its own where Spring Data has some too.
 */
@PolicyCached("magazines")
public interface MagazineRepository extends CrudRepository<Magazine, Long>, Recording<Magazine, Long> {

}
