package io.cachepolicy.bypass;

import java.util.List;

import org.springframework.data.jpa.repository.JpaRepository;

interface WareRepository extends JpaRepository<Ware, Long> {

	List<Ware> findByPrice(int price);

}
