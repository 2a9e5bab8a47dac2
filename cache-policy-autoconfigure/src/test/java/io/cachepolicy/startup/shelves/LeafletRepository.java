package io.cachepolicy.startup.shelves;

import java.util.Optional;

import io.cachepolicy.PolicyCached;

import org.springframework.data.jpa.repository.JpaRepository;

import static io.cachepolicy.PolicyCached.Operation.REMOVE;
import static io.cachepolicy.PolicyCached.Operation.WRITE;

/**
 * Has annotated methods, and no annotation for all of them.
 */
public interface LeafletRepository extends JpaRepository<Leaflet, Long> {

	@Override
	@PolicyCached("leaflets")
	Optional<Leaflet> findById(Long id);

	@Override
	@PolicyCached(cache = "leaflets", operation = WRITE)
	<S extends Leaflet> S save(S leaflet);

	@Override
	@PolicyCached(cache = "leaflets", operation = REMOVE)
	void deleteById(Long id);

}
