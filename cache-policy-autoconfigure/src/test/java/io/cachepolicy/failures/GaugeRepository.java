package io.cachepolicy.failures;

import org.springframework.data.repository.CrudRepository;

interface GaugeRepository extends CrudRepository<Gauge, Long> {

}
