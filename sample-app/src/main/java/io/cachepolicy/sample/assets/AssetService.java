package io.cachepolicy.sample.assets;

import java.util.Optional;

import io.cachepolicy.PolicyCached;

import org.springframework.stereotype.Service;

import static io.cachepolicy.PolicyCached.Operation.REMOVE;
import static io.cachepolicy.PolicyCached.Operation.WRITE;

/**
 * Assets are <b>write-around</b>: many are published and few of them are asked for, so
 * that a write goes to the table only and the first read brings the row into the cache.
 */
@Service
@PolicyCached("assets")
class AssetService {

	private final AssetRepository repository;

	AssetService(AssetRepository repository) {
		this.repository = repository;
	}

	@PolicyCached
	Optional<Asset> find(String name) {
		return this.repository.findById(name);
	}

	@PolicyCached(operation = WRITE)
	Asset publish(Asset asset) {
		return asset;
	}

	@PolicyCached(operation = REMOVE)
	void withdraw(String name) {
	}

}
