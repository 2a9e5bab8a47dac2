package io.cachepolicy.model;

import org.springframework.data.jpa.repository.JpaRepository;

public interface VersionedRowRepository extends JpaRepository<VersionedRow, Long> {

}
