package io.cachepolicy.bypass;

import org.springframework.data.jpa.repository.JpaRepository;

interface WareRepository extends JpaRepository<Ware, Long> {

}
