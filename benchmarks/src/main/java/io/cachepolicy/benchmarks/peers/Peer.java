package io.cachepolicy.benchmarks.peers;

/**
 * A way to cache products, ready to be used again and again.
 */
public interface Peer extends AutoCloseable {

	/**
	 * Return what it is.
	 * @return the name
	 */
	String name();

	/**
	 * Open a cache that is empty. The one before has to be closed.
	 * @return the cache
	 */
	ProductCache open();

	@Override
	void close();

}
