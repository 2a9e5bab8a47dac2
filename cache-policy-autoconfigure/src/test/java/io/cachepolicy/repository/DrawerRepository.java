package io.cachepolicy.repository;

import io.cachepolicy.PolicyCached;

import org.springframework.data.repository.CrudRepository;

@PolicyCached("drawers")
interface DrawerRepository extends CrudRepository<Drawer, Long> {

}
