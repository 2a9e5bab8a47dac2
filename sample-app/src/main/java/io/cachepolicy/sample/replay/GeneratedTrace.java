package io.cachepolicy.sample.replay;

import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A {@link Trace} out of a random generator, the same one each time: more writes than
 * reads, most of them to few blocks.
 *
 * @param length the number of requests
 * @param blocks the number of blocks to choose from
 */
record GeneratedTrace(int length, int blocks) implements Trace {

	private static final long SEED = 42;

	private static final double WRITES = 0.6;

	private static final int SKEW = 3;

	private static final int SIZE = 4096;

	@Override
	public Stream<TraceRequest> requests() {
		Random random = new Random(SEED);
		return LongStream.rangeClosed(1, this.length).mapToObj((line) -> next(line, random));
	}

	private TraceRequest next(long line, Random random) {
		boolean write = random.nextDouble() < WRITES;
		int size = SIZE * (1 + random.nextInt(16));
		long lbn = (long) (this.blocks * Math.pow(random.nextDouble(), SKEW));
		return new TraceRequest(line, write, size, lbn);
	}

	@Override
	public String toString() {
		return "Generated trace, as no file was named";
	}

}
