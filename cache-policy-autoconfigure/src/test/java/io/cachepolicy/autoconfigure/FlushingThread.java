package io.cachepolicy.autoconfigure;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.cachepolicy.spi.WriteContext;
import org.jspecify.annotations.Nullable;

/**
 * A thread other than the one that writes, for tests of what is carried between them.
 */
class FlushingThread implements AutoCloseable {

	private final ExecutorService executor = Executors.newSingleThreadExecutor();

	/**
	 * Call in this thread and wait.
	 * @param <T> the type of the result
	 * @param context restored for the call, {@code null} for none
	 * @param action what to call
	 * @return the result
	 */
	<T> T call(@Nullable WriteContext context, Supplier<T> action) {
		CompletableFuture<T> result = new CompletableFuture<>();
		Runnable complete = () -> result.complete(action.get());
		Runnable task = (context != null) ? () -> context.run(complete) : complete;
		CompletableFuture.runAsync(task, this.executor).orTimeout(10, TimeUnit.SECONDS).join();
		return result.join();
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

}
