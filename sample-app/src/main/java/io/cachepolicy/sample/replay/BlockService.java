package io.cachepolicy.sample.replay;

import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

import io.cachepolicy.PolicyCached;

import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Service;

import static io.cachepolicy.PolicyCached.Operation.WRITE;
import static io.cachepolicy.WritePolicy.WRITE_AROUND;
import static io.cachepolicy.WritePolicy.WRITE_BACK;
import static io.cachepolicy.WritePolicy.WRITE_THROUGH;

/**
 * One cache, and a method per write policy.
 */
@Service
@Profile("replay")
@PolicyCached("blocks")
class BlockService {

	private final BlockRepository repository;

	private final LongAdder misses = new LongAdder();

	BlockService(BlockRepository repository) {
		this.repository = repository;
	}

	@PolicyCached
	Optional<Block> read(long lbn) {
		this.misses.increment();
		return this.repository.findById(lbn);
	}

	@PolicyCached(operation = WRITE, policy = WRITE_THROUGH)
	Block writeThrough(Block block) {
		return block;
	}

	@PolicyCached(operation = WRITE, policy = WRITE_BACK)
	Block writeBack(Block block) {
		return block;
	}

	@PolicyCached(operation = WRITE, policy = WRITE_AROUND)
	Block writeAround(Block block) {
		return block;
	}

	// How many reads the cache could not answer
	long misses() {
		return this.misses.sum();
	}

}
