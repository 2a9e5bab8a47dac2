package io.cachepolicy.jpa.codec;

import io.cachepolicy.spi.ValueCodec;

/**
 * Encodes values that are one column: numbers, texts, dates, times, ids. What is decoded
 * has the type that was encoded.
 */
public final class ScalarCodec implements ValueCodec {

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
		return Cbor.read(bytes, Scalars::read);
	}

}
