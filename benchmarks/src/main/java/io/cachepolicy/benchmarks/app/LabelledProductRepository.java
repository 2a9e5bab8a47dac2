package io.cachepolicy.benchmarks.app;

import org.springframework.data.jpa.repository.JpaRepository;

/**
 * The rows of {@link LabelledProduct}.
 */
public interface LabelledProductRepository extends JpaRepository<LabelledProduct, Long> {

}
