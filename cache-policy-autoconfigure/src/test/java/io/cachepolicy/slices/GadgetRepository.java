package io.cachepolicy.slices;

import org.springframework.data.repository.CrudRepository;

interface GadgetRepository extends CrudRepository<Gadget, Long> {

}
