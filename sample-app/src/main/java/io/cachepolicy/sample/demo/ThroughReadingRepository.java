package io.cachepolicy.sample.demo;

import org.springframework.data.jpa.repository.JpaRepository;

interface ThroughReadingRepository extends JpaRepository<ThroughReading, String> {

}
