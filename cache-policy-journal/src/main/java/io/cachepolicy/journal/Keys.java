package io.cachepolicy.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The keys of records: what they are, of which cache, and a number. Numbers sort as
 * bytes, as none is negative.
 */
final class Keys {

	/**
	 * The version of the format.
	 */
	static final byte[] FORMAT = { 'F' };

	/**
	 * The number of a cache, by its name.
	 */
	static final char CACHE = 'C';

	/**
	 * A pending write, by its sequence number.
	 */
	static final char PENDING = 'P';

	/**
	 * The place that a pending write has taken, by the sequence number it had before.
	 */
	static final char MOVED = 'A';

	/**
	 * Through which versions the row of a pending write was led since it was accepted.
	 */
	static final char LINEAGE = 'V';

	/**
	 * A write of a transaction that is about to commit.
	 */
	static final char PROMISED = 'T';

	/**
	 * Up to which write a key is held.
	 */
	static final char HELD = 'H';

	/**
	 * A dead letter, by its id.
	 */
	static final char LETTER = 'L';

	/**
	 * A write that can't be read.
	 */
	static final char UNREADABLE = 'U';

	/**
	 * A dead letter that can't be read, with its write.
	 */
	static final char UNREADABLE_LETTER = 'D';

	private Keys() {
	}

	static byte[] cache(String name) {
		byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
		return ByteBuffer.allocate(1 + bytes.length).put((byte) CACHE).put(bytes).array();
	}

	static String cacheName(byte[] key) {
		return new String(key, 1, key.length - 1, StandardCharsets.UTF_8);
	}

	static byte[] prefix(char type, int cache) {
		return ByteBuffer.allocate(5).put((byte) type).putInt(cache).array();
	}

	static byte[] of(char type, int cache, long number) {
		return ByteBuffer.allocate(13).put((byte) type).putInt(cache).putLong(number).array();
	}

	static byte[] of(char type, int cache, long number, int position) {
		return ByteBuffer.allocate(17).put((byte) type).putInt(cache).putLong(number).putInt(position).array();
	}

	static byte[] of(char type, int cache, byte[] suffix) {
		return ByteBuffer.allocate(5 + suffix.length).put((byte) type).putInt(cache).put(suffix).array();
	}

	static long number(byte[] key) {
		return ByteBuffer.wrap(key).getLong(5);
	}

	static int cacheOf(byte[] key) {
		return ByteBuffer.wrap(key).getInt(1);
	}

	static byte[] suffix(byte[] key) {
		return Arrays.copyOfRange(key, 5, key.length);
	}

	static boolean hasPrefix(byte[] key, byte[] prefix) {
		return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
	}

	static int compare(byte[] first, byte[] second) {
		return Arrays.compareUnsigned(first, second);
	}

}
