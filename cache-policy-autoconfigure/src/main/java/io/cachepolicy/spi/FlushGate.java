package io.cachepolicy.spi;

/**
 * Stands before the commit of a flush. Until a store has passed it, a writer that can't
 * wait for the flush may take its writes away: the store then rolls back.
 */
@FunctionalInterface
public interface FlushGate {

	/**
	 * A gate that lets everyone pass.
	 */
	FlushGate OPEN = () -> {
	};

	/**
	 * Pass the gate. From now on, what was written has to be committed, without waiting
	 * for anybody. A gate may be passed several times.
	 * @throws RuntimeException if the writes were taken away; the store rolls back, and
	 * lets the exception through
	 */
	void pass();

}
