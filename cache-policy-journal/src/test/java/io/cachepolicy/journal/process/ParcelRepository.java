package io.cachepolicy.journal.process;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * A repository.
 */
public interface ParcelRepository extends JpaRepository<Parcel, Long> {

}
