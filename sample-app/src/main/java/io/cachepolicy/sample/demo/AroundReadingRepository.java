package io.cachepolicy.sample.demo;

import org.springframework.data.jpa.repository.JpaRepository;

interface AroundReadingRepository extends JpaRepository<AroundReading, String> {

}
