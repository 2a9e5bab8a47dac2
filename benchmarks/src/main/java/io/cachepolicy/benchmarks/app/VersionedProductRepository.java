package io.cachepolicy.benchmarks.app;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * The rows of {@link VersionedProduct}.
 */
public interface VersionedProductRepository extends JpaRepository<VersionedProduct, Long> {

}
