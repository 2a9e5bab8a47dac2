package io.cachepolicy.failures;

import org.springframework.data.repository.CrudRepository;

interface SensorRepository extends CrudRepository<Sensor, Long> {

}
