package io.cachepolicy.bypass;

import org.springframework.data.jpa.repository.JpaRepository;

interface RobotRepository extends JpaRepository<Robot, Long> {

}
