package io.cachepolicy.repository;

import java.util.Optional;

import io.cachepolicy.PolicyCached;
import jakarta.persistence.LockModeType;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;

@PolicyCached("gauges")
interface GaugeRepository extends JpaRepository<Gauge, Long> {

	Optional<Gauge> findByLabel(String label);

	@Lock(LockModeType.PESSIMISTIC_READ)
	@Query("select g from Gauge g where g.id = ?1")
	Optional<Gauge> findLocked(long id);

	default int readingOf(long id) {
		return findById(id).map(Gauge::getReading).orElse(-1);
	}

}
