package io.cachepolicy.failures;

import org.springframework.data.repository.CrudRepository;

interface ClientRepository extends CrudRepository<Client, Long> {

}
