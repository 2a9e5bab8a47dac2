package io.cachepolicy.benchmarks.peers;

import java.time.Instant;
import java.util.Objects;

import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import io.cachepolicy.benchmarks.app.Product;

/**
 * Turns products into what Hazelcast keeps, in the format that its documentation
 * recommends.
 */
class ProductSerializer implements CompactSerializer<Product> {

	@Override
	public Product read(CompactReader reader) {
		Product product = new Product();
		product.set(reader.readInt64("id"), text(reader, "name"), text(reader, "description"),
				Objects.requireNonNull(reader.readDecimal("price")), reader.readInt32("stock"),
				reader.readBoolean("available"),
				Instant.ofEpochSecond(reader.readInt64("seconds"), reader.readInt32("nanos")));
		return product;
	}

	private static String text(CompactReader reader, String field) {
		return Objects.requireNonNull(reader.readString(field));
	}

	@Override
	public void write(CompactWriter writer, Product product) {
		writer.writeInt64("id", product.getId());
		writer.writeString("name", product.getName());
		writer.writeString("description", product.getDescription());
		writer.writeDecimal("price", product.getPrice());
		writer.writeInt32("stock", product.getStock());
		writer.writeBoolean("available", product.isAvailable());
		writer.writeInt64("seconds", product.getChanged().getEpochSecond());
		writer.writeInt32("nanos", product.getChanged().getNano());
	}

	@Override
	public Class<Product> getCompactClass() {
		return Product.class;
	}

	@Override
	public String getTypeName() {
		return "product";
	}

}
