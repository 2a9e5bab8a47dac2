package io.cachepolicy.sample.replay;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What the writes of a trace lead to without cache and without store: the measure of
 * both.
 */
class PlainReplay {

	private final Map<Long, BlockState> blocks = new HashMap<>();

	void write(TraceRequest request) {
		this.blocks.put(request.lbn(), BlockState.of(request));
	}

	boolean isCurrent(long lbn, Optional<Block> found) {
		return found.map(BlockState::of).equals(Optional.ofNullable(this.blocks.get(lbn)));
	}

	// How many rows are missing, too many, or not as the last write left them
	long differences(Map<Long, BlockState> rows) {
		Set<Long> lbns = new HashSet<>(this.blocks.keySet());
		lbns.addAll(rows.keySet());
		return lbns.stream().filter((lbn) -> !Objects.equals(this.blocks.get(lbn), rows.get(lbn))).count();
	}

}
