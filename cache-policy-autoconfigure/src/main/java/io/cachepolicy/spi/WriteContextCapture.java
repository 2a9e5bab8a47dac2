package io.cachepolicy.spi;

import org.jspecify.annotations.Nullable;

/**
 * Captures the {@link WriteContext context} of deferred writes.
 */
@FunctionalInterface
public interface WriteContextCapture {

	/**
	 * Captures nothing.
	 */
	WriteContextCapture NONE = () -> null;

	/**
	 * Capture the context of the current thread, which is one that writes. Called once
	 * for every write that is deferred, also after the commit of its transaction: cheap,
	 * and throws nothing.
	 * @return the context, or {@code null} if there is nothing to carry
	 */
	@Nullable WriteContext capture();

	/**
	 * Return the context of writers of which nothing was captured: what would have been
	 * is absent in it, whatever the thread holds that flushes.
	 * @return the context
	 */
	default WriteContext nothing() {
		return WriteContext.NOTHING;
	}

}
