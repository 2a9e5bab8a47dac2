package io.cachepolicy.failures;

import org.springframework.data.jpa.repository.JpaRepository;

interface LabelRepository extends JpaRepository<Label, String> {

}
