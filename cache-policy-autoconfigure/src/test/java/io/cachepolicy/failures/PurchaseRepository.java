package io.cachepolicy.failures;

import org.springframework.data.repository.CrudRepository;

interface PurchaseRepository extends CrudRepository<Purchase, Long> {

}
