package io.cachepolicy.journal;

import io.cachepolicy.spi.ValueCodec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectReader;

/**
 * Encodes values of one type as JSON, by the mapper of the application.
 */
final class JsonCodec implements ValueCodec {

	private final ObjectMapper mapper;

	private final ObjectReader reader;

	private final Class<?> type;

	JsonCodec(ObjectMapper mapper, Class<?> type) {
		this.mapper = mapper;
		// What loses digits is not what was written
		this.reader = mapper.readerFor(type).without(DeserializationFeature.ACCEPT_FLOAT_AS_INT);
		this.type = type;
	}

	@Override
	public boolean supports(Class<?> type) {
		return this.type.isAssignableFrom(type);
	}

	@Override
	public byte[] encode(Object value) {
		if (value.getClass() != this.type) {
			throw new IllegalArgumentException("A %s can't be told from a %s in JSON: define a ValueCodec bean"
				.formatted(value.getClass().getName(), this.type.getName()));
		}
		return this.mapper.writeValueAsBytes(value);
	}

	@Override
	public Object decode(byte[] bytes) {
		try {
			Object value = this.reader.readValue(bytes);
			if (value == null) {
				throw new IllegalArgumentException("The value is null");
			}
			return value;
		}
		catch (JacksonException ex) {
			throw new IllegalArgumentException("The value can't be read as " + this.type.getName(), ex);
		}
	}

}
