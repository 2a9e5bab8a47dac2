package io.cachepolicy.model;

import org.springframework.data.jpa.repository.JpaRepository;

public interface PlainRowRepository extends JpaRepository<PlainRow, Long> {

}
