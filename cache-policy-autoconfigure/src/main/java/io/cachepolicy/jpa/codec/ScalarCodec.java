package io.cachepolicy.jpa.codec;

import io.cachepolicy.spi.ValueCodec;

/**
 * Encodes values that are one column: numbers, texts, dates, times, ids.
 */
public final class ScalarCodec implements ValueCodec {

	private final Class<?> type;

	/**
	 * Create a codec whose values are decoded with the type that was encoded.
	 */
	public ScalarCodec() {
		this(Object.class);
	}

	/**
	 * Create a codec.
	 * @param type the type of what is decoded: what had another type is converted if that
	 * is possible without loss
	 */
	public ScalarCodec(Class<?> type) {
		this.type = type;
	}

	@Override
	public boolean supports(Class<?> type) {
		return Scalars.supports(type);
	}

	@Override
	public byte[] encode(Object value) {
		return Cbor.write((generator) -> {
			if (!Scalars.writeWithType(value, generator)) {
				throw new UnsupportedMappingException(value.getClass().getName() + " is no scalar type");
			}
		});
	}

	@Override
	public Object decode(byte[] bytes) {
		return Scalars.convert(Cbor.read(bytes, Scalars::read), this.type);
	}

}
