package io.cachepolicy.repository;

import io.cachepolicy.PolicyCached;
import jakarta.persistence.LockModeType;
import org.jspecify.annotations.Nullable;

import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.repository.Repository;

/**
 * A repository that declares the methods that it has, as it is no {@code CrudRepository}.
 */
@PolicyCached("tickets")
interface TicketRepository extends Repository<Ticket, Long> {

	@Nullable Ticket findById(Long id);

	@Lock(LockModeType.PESSIMISTIC_WRITE)
	boolean existsById(Long id);

	void save(Ticket ticket);

	void deleteById(Long id);

	long count();

}
