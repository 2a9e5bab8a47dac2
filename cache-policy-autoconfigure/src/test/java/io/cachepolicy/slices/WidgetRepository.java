package io.cachepolicy.slices;

import io.cachepolicy.PolicyCached;

import org.springframework.data.jpa.repository.JpaRepository;

@PolicyCached("widgets")
interface WidgetRepository extends JpaRepository<Widget, Long> {

}
