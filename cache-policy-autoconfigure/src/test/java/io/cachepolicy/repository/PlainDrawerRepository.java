package io.cachepolicy.repository;

import org.springframework.data.repository.CrudRepository;

interface PlainDrawerRepository extends CrudRepository<Drawer, Long> {

}
