package io.cachepolicy.benchmarks.peers;

import io.cachepolicy.benchmarks.app.Product;
import org.jspecify.annotations.Nullable;

/**
 * A cache of products in front of their table, used by one thread.
 */
public interface ProductCache extends AutoCloseable {

	/**
	 * Return a product, from the cache or else from the table.
	 * @param id its id
	 * @return the product, or {@code null} if there is none
	 */
	@Nullable Product get(long id);

	/**
	 * Write a product.
	 * @param product the product, not to be changed after that
	 */
	void put(Product product);

	/**
	 * Wait until everything that was put is in the table. The last call before
	 * {@link #close()}.
	 */
	void drain();

	@Override
	void close();

}
