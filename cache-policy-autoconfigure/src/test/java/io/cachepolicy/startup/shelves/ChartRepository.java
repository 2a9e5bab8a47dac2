package io.cachepolicy.startup.shelves;

import java.util.Optional;

import io.cachepolicy.PolicyCached;
import jakarta.persistence.LockModeType;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.transaction.annotation.Transactional;

import static io.cachepolicy.PolicyCached.Operation.REMOVE;
import static io.cachepolicy.WritePolicy.WRITE_THROUGH;

/**
 * Declares methods of Spring Data again.
 */
@PolicyCached("charts")
public interface ChartRepository extends JpaRepository<Chart, Long> {

	@Override
	@Lock(LockModeType.PESSIMISTIC_WRITE)
	@Transactional
	Optional<Chart> findById(Long id);

	@Override
	boolean existsById(Long id);

	@Override
	@Transactional(timeout = 30)
	<S extends Chart> S save(S chart);

	@Override
	@PolicyCached(operation = REMOVE, policy = WRITE_THROUGH)
	void deleteById(Long id);

}
