package io.cachepolicy.journal;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;

import io.cachepolicy.spi.Absent;
import io.cachepolicy.spi.PendingLog.Recovered;
import io.cachepolicy.spi.PendingLog.Revision;
import io.cachepolicy.spi.StoreVersions.Lineage;
import org.jspecify.annotations.Nullable;

/**
 * The record of one write.
 */
final class WriteRecord {

	private static final byte VERSION = 1;

	private static final int HEADER = 10;

	private static final int REMOVAL = 1;

	private static final int OVERWRITING = 2;

	private static final int IN_DOUBT = 4;

	private final Codecs codecs;

	WriteRecord(Codecs codecs) {
		this.codecs = codecs;
	}

	/**
	 * Encode a write, whose revision is not known yet.
	 * @param key the key
	 * @param value the value
	 * @param lineage through which versions the row was led
	 * @return the record
	 */
	byte[] encode(Object key, Object value, @Nullable Lineage lineage) {
		boolean removal = Absent.is(value);
		byte[] keyBytes = this.codecs.encodeKey(key);
		byte[] valueBytes = (removal) ? new byte[0] : this.codecs.encodeValue(value);
		byte[] lineageBytes = (lineage != null) ? this.codecs.encodeLineage(lineage) : new byte[0];
		return ByteBuffer.allocate(HEADER + 8 + keyBytes.length + lineageBytes.length + valueBytes.length)
			.put(VERSION)
			.put((byte) ((removal) ? REMOVAL : 0))
			.putLong(0)
			.putInt(keyBytes.length)
			.put(keyBytes)
			.putInt(lineageBytes.length)
			.put(lineageBytes)
			.put(valueBytes)
			.array();
	}

	static byte[] withRevision(byte[] bytes, Revision revision) {
		byte[] copy = bytes.clone();
		int flags = (copy[1] & ~OVERWRITING) | ((revision.overwriting()) ? OVERWRITING : 0);
		ByteBuffer.wrap(copy).put(1, (byte) flags).putLong(2, revision.number());
		return copy;
	}

	static byte[] inDoubt(byte[] bytes) {
		byte[] copy = bytes.clone();
		copy[1] |= IN_DOUBT;
		return copy;
	}

	static boolean isInDoubt(byte[] bytes) {
		return bytes.length > 1 && (bytes[1] & IN_DOUBT) != 0;
	}

	static byte[] keyOf(byte[] bytes) {
		ByteBuffer buffer = ByteBuffer.wrap(bytes);
		int length = buffer.getInt(HEADER);
		return Arrays.copyOfRange(bytes, HEADER + 4, HEADER + 4 + length);
	}

	/**
	 * Decode a record.
	 * @param sequence the sequence number of the write
	 * @param bytes the record
	 * @param newer through which versions the row was led since, if that is known
	 * @return the write
	 * @throws IllegalArgumentException if it can't be read
	 */
	Recovered decode(long sequence, byte[] bytes, byte @Nullable [] newer) {
		try {
			ByteBuffer buffer = ByteBuffer.wrap(bytes);
			if (buffer.get() != VERSION) {
				throw new IllegalArgumentException("The record has version " + bytes[0]);
			}
			int flags = buffer.get();
			Revision revision = new Revision(buffer.getLong(), (flags & OVERWRITING) != 0);
			Object key = this.codecs.decodeKey(read(buffer, buffer.getInt()));
			byte[] own = read(buffer, buffer.getInt());
			byte[] lineage = (newer != null) ? newer : own;
			Object value = ((flags & REMOVAL) != 0) ? Absent.VALUE
					: this.codecs.decodeValue(read(buffer, buffer.remaining()));
			return new Recovered(key, value, sequence, revision,
					(lineage.length > 0) ? this.codecs.decodeLineage(lineage) : null);
		}
		catch (BufferUnderflowException | NegativeArraySizeException ex) {
			throw new IllegalArgumentException("The record is too short", ex);
		}
	}

	private static byte[] read(ByteBuffer buffer, int length) {
		if (length < 0 || length > buffer.remaining()) {
			throw new IllegalArgumentException("The record is too short");
		}
		byte[] bytes = new byte[length];
		buffer.get(bytes);
		return bytes;
	}

}
