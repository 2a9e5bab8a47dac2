package io.cachepolicy.journal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

import io.cachepolicy.jpa.codec.ScalarCodec;
import io.cachepolicy.spi.StoreVersions.Lineage;
import io.cachepolicy.spi.ValueCodec;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the keys and values of one cache, and the versions of its rows.
 */
final class Codecs {

	private final ScalarCodec scalars = new ScalarCodec();

	private final ValueCodec keys;

	private final ValueCodec values;

	Codecs(ValueCodec keys, ValueCodec values) {
		this.keys = keys;
		this.values = values;
	}

	byte[] encodeKey(Object key) {
		return this.keys.encode(key);
	}

	Object decodeKey(byte[] bytes) {
		return this.keys.decode(bytes);
	}

	byte[] encodeValue(Object value) {
		return this.values.encode(value);
	}

	Object decodeValue(byte[] bytes) {
		return this.values.decode(bytes);
	}

	/**
	 * Encode a lineage.
	 * @param lineage the lineage
	 * @return the bytes, none if its versions are of an unknown type
	 */
	byte[] encodeLineage(Lineage lineage) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (DataOutputStream output = new DataOutputStream(bytes)) {
			output.writeBoolean(lineage.gone());
			write(output, lineage.base());
			write(output, lineage.current());
			write(output, lineage.former());
			write(output, lineage.saved());
			return bytes.toByteArray();
		}
		catch (IllegalArgumentException ex) {
			return new byte[0];
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void write(DataOutputStream output, @Nullable Object version) throws IOException {
		byte[] bytes = (version != null) ? this.scalars.encode(version) : new byte[0];
		output.writeShort(bytes.length);
		output.write(bytes);
	}

	Lineage decodeLineage(byte[] bytes) {
		try (DataInputStream input = new DataInputStream(new ByteArrayInputStream(bytes))) {
			boolean gone = input.readBoolean();
			return new Lineage(read(input), read(input), read(input), read(input), gone);
		}
		catch (IOException ex) {
			throw new IllegalArgumentException("The versions can't be read", ex);
		}
	}

	private @Nullable Object read(DataInputStream input) throws IOException {
		byte[] bytes = input.readNBytes(input.readShort());
		return (bytes.length > 0) ? this.scalars.decode(bytes) : null;
	}

}
