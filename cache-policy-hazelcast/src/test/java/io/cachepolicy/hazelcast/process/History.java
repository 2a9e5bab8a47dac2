package io.cachepolicy.hazelcast.process;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What all processes read and wrote: how long after a value was replaced it was still
 * read.
 */
final class History {

	private final Map<Integer, TreeMap<Integer, Long>> replaced = new HashMap<>();

	private long reads;

	private long writes;

	private long staleReads;

	private long largestDelay;

	private String latest = "none";

	/**
	 * Read the records.
	 * @param files the files of all processes
	 * @param from the time before which reads are passed over
	 */
	History(Collection<Path> files, long from) {
		files.forEach((file) -> readAll(file, (kind, key, value, time) -> {
			if (kind == Recorder.WRITE) {
				this.writes++;
				this.replaced.computeIfAbsent(key, (added) -> new TreeMap<>()).merge(value, time, Math::min);
			}
		}));
		// Whatever is newer replaced a value as well
		this.replaced.values().forEach((times) -> {
			long earliest = Long.MAX_VALUE;
			for (Map.Entry<Integer, Long> entry : times.descendingMap().entrySet()) {
				earliest = Math.min(earliest, entry.getValue());
				entry.setValue(earliest);
			}
		});
		files.forEach((file) -> readAll(file, (kind, key, value, time) -> {
			if (kind == Recorder.READ && time - from >= 0) {
				check(file, key, value, time);
			}
		}));
	}

	private void check(Path file, int key, int value, long begin) {
		this.reads++;
		Map.Entry<Integer, Long> newer = this.replaced.getOrDefault(key, new TreeMap<>()).higherEntry(value);
		if (newer != null && begin - newer.getValue() > 0) {
			this.staleReads++;
			if (begin - newer.getValue() > this.largestDelay) {
				this.largestDelay = begin - newer.getValue();
				this.latest = "%s read %d of key %d at %d, replaced at %d".formatted(file.getFileName(), value, key,
						begin, newer.getValue());
			}
		}
	}

	private static void readAll(Path file, Entry entry) {
		try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
			for (;;) {
				entry.take(in.readByte(), in.readShort(), in.readInt(), in.readLong());
			}
		}
		catch (EOFException ex) {
			// The end, or what a killed process did not get to write
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	Duration largestDelay() {
		return Duration.ofNanos(this.largestDelay);
	}

	long writes() {
		return this.writes;
	}

	long reads() {
		return this.reads;
	}

	@Override
	public String toString() {
		return "%d writes, %d reads, %d of a replaced value, at most %d ms after it was replaced (%s)"
			.formatted(this.writes, this.reads, this.staleReads, largestDelay().toMillis(), this.latest);
	}

	/**
	 * Takes a record.
	 */
	private interface Entry {

		void take(int kind, int key, int value, long time);

	}

}
