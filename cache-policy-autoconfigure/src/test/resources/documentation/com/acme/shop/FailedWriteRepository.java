package com.acme.shop;

import org.springframework.data.repository.CrudRepository;

public interface FailedWriteRepository extends CrudRepository<FailedWrite, Long> {

}
