package io.cachepolicy.spi;

/**
 * Turns keys and values into bytes and back, for what outlives the process or leaves it.
 * Implementations are thread-safe.
 */
public interface ValueCodec {

	/**
	 * Return whether instances of a type can be encoded.
	 * @param type the type of keys or values
	 * @return {@code false} if the start is to fail
	 */
	boolean supports(Class<?> type);

	/**
	 * Encode a key or a value, without loading what is not loaded.
	 * @param value the key or the value, left as it is
	 * @return the bytes
	 */
	byte[] encode(Object value);

	/**
	 * Decode what was {@link #encode encoded}, by this or an earlier version of the
	 * application.
	 * @param bytes the bytes
	 * @return an equal key or value
	 * @throws IllegalArgumentException if the bytes can't be read
	 */
	Object decode(byte[] bytes);

}
