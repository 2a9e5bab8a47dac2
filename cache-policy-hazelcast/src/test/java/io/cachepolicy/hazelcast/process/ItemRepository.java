package io.cachepolicy.hazelcast.process;

import jakarta.persistence.LockModeType;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;

/**
 * The rows.
 */
interface ItemRepository extends JpaRepository<Item, Long> {

	/**
	 * Load a row that nobody else writes until the transaction ends.
	 * @param id the id
	 * @return the row
	 */
	@Lock(LockModeType.PESSIMISTIC_WRITE)
	@Query("select i from Item i where i.id = ?1")
	Item lock(long id);

	@Query("select i.amount from Item i where i.id = ?1")
	long amount(long id);

}
