package io.cachepolicy.faults;

import org.springframework.data.jpa.repository.JpaRepository;

interface VolumeRepository extends JpaRepository<Volume, Long> {

}
