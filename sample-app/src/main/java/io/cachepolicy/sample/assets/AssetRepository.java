package io.cachepolicy.sample.assets;

import org.springframework.data.jpa.repository.JpaRepository;

interface AssetRepository extends JpaRepository<Asset, String> {

}
