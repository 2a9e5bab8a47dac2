package io.cachepolicy.hazelcast.process;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes down what a process read and wrote. The times are those of the machine, which
 * all its processes share.
 */
final class Recorder implements AutoCloseable {

	static final int READ = 1;

	static final int WRITE = 2;

	private static final int BUFFER = 1024;

	private final DataOutputStream out;

	Recorder(Path file) {
		try {
			this.out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Note a read.
	 * @param key the key
	 * @param value what was read
	 * @param begin when the read began
	 */
	void read(long key, long value, long begin) {
		record(READ, key, value, begin);
	}

	/**
	 * Note a write.
	 * @param key the key
	 * @param value what was written
	 * @param end when everyone could see it in the store
	 */
	void written(long key, long value, long end) {
		record(WRITE, key, value, end);
	}

	private synchronized void record(int kind, long key, long value, long time) {
		try {
			this.out.writeByte(kind);
			this.out.writeShort((int) key);
			this.out.writeInt((int) value);
			this.out.writeLong(time);
			if (kind == WRITE) {
				this.out.flush();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public synchronized void close() {
		try {
			this.out.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
