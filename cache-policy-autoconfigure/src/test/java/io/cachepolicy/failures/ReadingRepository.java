package io.cachepolicy.failures;

import org.springframework.data.repository.CrudRepository;

interface ReadingRepository extends CrudRepository<Reading, Long> {

}
