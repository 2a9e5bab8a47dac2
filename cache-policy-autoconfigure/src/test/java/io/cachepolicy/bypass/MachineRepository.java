package io.cachepolicy.bypass;

import org.springframework.data.jpa.repository.JpaRepository;

interface MachineRepository extends JpaRepository<Machine, Long> {

}
