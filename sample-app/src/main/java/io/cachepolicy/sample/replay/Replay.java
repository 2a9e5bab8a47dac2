package io.cachepolicy.sample.replay;

import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.cachepolicy.PolicyCache;
import io.cachepolicy.PolicyCacheManager;
import io.cachepolicy.WritePolicy;

import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * Runs a trace through {@link BlockService} by one write policy, and compares what was
 * read and what is in the table at the end with a {@link PlainReplay}.
 */
@Component
@Profile("replay")
class Replay {

	private static final Duration DRAIN_TIMEOUT = Duration.ofMinutes(5);

	private final BlockService blocks;

	private final BlockTable table;

	private final ReplayMeter store;

	private final PolicyCacheManager caches;

	Replay(BlockService blocks, BlockTable table, ReplayMeter store, PolicyCacheManager caches) {
		this.blocks = blocks;
		this.table = table;
		this.store = store;
		this.caches = caches;
	}

	ReplayResult run(Trace trace, TraceSummary summary, WritePolicy policy) {
		PolicyCache cache = this.caches.getCache("blocks");
		this.table.truncate();
		cache.clear();
		UnaryOperator<Block> writer = writer(policy);
		PlainReplay plain = new PlainReplay();
		Progress progress = new Progress(policy, summary.requests());
		ReplayMeter.Counts countsBefore = this.store.counts();
		long missesBefore = this.blocks.misses();
		long start = System.nanoTime();
		long stale = 0;
		try (Stream<TraceRequest> requests = trace.requests()) {
			for (TraceRequest request : (Iterable<TraceRequest>) requests::iterator) {
				if (request.write()) {
					writer.apply(new Block(request));
					plain.write(request);
				}
				else if (!plain.isCurrent(request.lbn(), this.blocks.read(request.lbn()))) {
					stale++;
				}
				progress.advance(cache.pendingWrites());
			}
		}
		cache.flush(DRAIN_TIMEOUT);
		Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
		ReplayMeter.Counts counts = this.store.counts().since(countsBefore);
		long misses = this.blocks.misses() - missesBefore;
		return new ReplayResult(policy, summary, misses, counts, stale, elapsed, plain.differences(this.table.rows()));
	}

	private UnaryOperator<Block> writer(WritePolicy policy) {
		return switch (policy) {
			case WRITE_THROUGH -> this.blocks::writeThrough;
			case WRITE_BACK -> this.blocks::writeBack;
			case WRITE_AROUND -> this.blocks::writeAround;
		};
	}

}
