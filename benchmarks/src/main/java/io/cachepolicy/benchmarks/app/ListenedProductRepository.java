package io.cachepolicy.benchmarks.app;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * The rows of {@link ListenedProduct}.
 */
public interface ListenedProductRepository extends JpaRepository<ListenedProduct, Long> {

}
