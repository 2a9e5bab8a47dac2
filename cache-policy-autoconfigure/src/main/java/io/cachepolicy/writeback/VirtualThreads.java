package io.cachepolicy.writeback;

import java.lang.reflect.Method;
import java.util.concurrent.ThreadFactory;

import org.jspecify.annotations.Nullable;

/**
 * Makes virtual threads that take over nothing of the thread that happens to ask for
 * them, as {@link io.cachepolicy.spi.OwnThreads} does for those of the platform.
 */
final class VirtualThreads implements ThreadFactory {

	private final ThreadFactory threads;

	private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

	/**
	 * Create a factory.
	 * @param name the name of the threads
	 * @throws UnsupportedOperationException if the JDK has no virtual threads
	 */
	VirtualThreads(String name) {
		try {
			this.threads = create(name);
		}
		catch (ReflectiveOperationException ex) {
			throw new UnsupportedOperationException("There are no virtual threads", ex);
		}
	}

	/**
	 * Create what Java 17 does not know,
	 * {@code Thread.ofVirtual().name(name).inheritInheritableThreadLocals(false).factory()}.
	 * @param name the name of the threads
	 * @return the factory
	 * @throws ReflectiveOperationException if there is no such method
	 */
	private static ThreadFactory create(String name) throws ReflectiveOperationException {
		Class<?> type = Class.forName("java.lang.Thread$Builder");
		Method named = type.getMethod("name", String.class);
		Method inherit = type.getMethod("inheritInheritableThreadLocals", boolean.class);
		Object builder = named.invoke(Thread.class.getMethod("ofVirtual").invoke(null), name);
		return (ThreadFactory) type.getMethod("factory").invoke(inherit.invoke(builder, false));
	}

	@Override
	public Thread newThread(Runnable action) {
		Thread thread = this.threads.newThread(action);
		thread.setContextClassLoader(this.classLoader);
		return thread;
	}

}
