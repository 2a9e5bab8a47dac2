package io.cachepolicy.sample.replay;

import java.nio.file.Path;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A {@link Trace} in a file, plain or compressed with gzip. The file is streamed.
 *
 * @param path the file
 */
record TraceFile(Path path) implements Trace {

	@Override
	public Stream<TraceRequest> requests() {
		TraceReader reader = new TraceReader(this.path);
		Spliterator<TraceRequest> requests = Spliterators.spliteratorUnknownSize(reader,
				Spliterator.ORDERED | Spliterator.NONNULL);
		return StreamSupport.stream(requests, false).onClose(reader::close);
	}

	@Override
	public String toString() {
		return this.path.toString();
	}

}
