package io.cachepolicy.sample.demo;

import org.springframework.data.jpa.repository.JpaRepository;

interface BackReadingRepository extends JpaRepository<BackReading, String> {

}
