package io.cachepolicy.spi;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * Creates the threads of this library: daemon threads that take over nothing of the
 * thread that happens to start them, which may be that of a request. They have no
 * inheritable thread-locals, and the class loader and the thread group of the thread that
 * created this object, which is one that starts the application. Thread-safe.
 */
public final class OwnThreads {

	private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

	private final @Nullable ThreadGroup group = Thread.currentThread().getThreadGroup();

	/**
	 * Create a thread, which is not started.
	 * @param name its name
	 * @param task what it runs
	 * @return the thread
	 */
	public Thread create(String name, Runnable task) {
		Thread thread = new Thread(this.group, task, name, 0, false);
		thread.setContextClassLoader(this.classLoader);
		thread.setDaemon(true);
		thread.setPriority(Thread.NORM_PRIORITY);
		return thread;
	}

	/**
	 * Return a factory of threads of one name, to which a number is added.
	 * @param prefix what their names begin with
	 * @return the factory
	 */
	public ThreadFactory numbered(String prefix) {
		AtomicInteger number = new AtomicInteger();
		return (task) -> create(prefix + number.incrementAndGet(), task);
	}

}
