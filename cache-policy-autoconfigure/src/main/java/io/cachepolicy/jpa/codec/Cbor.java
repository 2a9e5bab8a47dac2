package io.cachepolicy.jpa.codec;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import java.util.function.Function;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.dataformat.cbor.CBORFactory;

/**
 * Bytes in CBOR, a token after the other.
 */
final class Cbor {

	private static final CBORFactory FACTORY = new CBORFactory();

	private Cbor() {
	}

	static byte[] write(Consumer<JsonGenerator> content) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
		try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
			content.accept(generator);
		}
		return bytes.toByteArray();
	}

	/**
	 * Read bytes.
	 * @param <T> the type of what is read
	 * @param bytes the bytes
	 * @param content given the parser at its first token
	 * @return what was read
	 * @throws IllegalArgumentException if the bytes can't be read
	 */
	static <T> T read(byte[] bytes, Function<JsonParser, T> content) {
		try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
			parser.nextToken();
			return content.apply(parser);
		}
		catch (JacksonException ex) {
			throw new IllegalArgumentException("The bytes can't be read", ex);
		}
	}

}
