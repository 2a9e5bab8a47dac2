package io.cachepolicy.jpa.domain;

import org.springframework.data.jpa.repository.JpaRepository;

public interface CellRepository extends JpaRepository<Cell, Cell.CellId> {

}
