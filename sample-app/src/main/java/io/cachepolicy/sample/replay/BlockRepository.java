package io.cachepolicy.sample.replay;

import org.springframework.data.jpa.repository.JpaRepository;

interface BlockRepository extends JpaRepository<Block, Long> {

}
