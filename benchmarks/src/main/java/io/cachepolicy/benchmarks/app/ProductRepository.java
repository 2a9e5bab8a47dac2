package io.cachepolicy.benchmarks.app;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * The rows of {@link Product}.
 */
public interface ProductRepository extends JpaRepository<Product, Long> {

}
