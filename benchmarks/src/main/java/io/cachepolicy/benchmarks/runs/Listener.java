package io.cachepolicy.benchmarks.runs;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import io.cachepolicy.benchmarks.app.ShopApplication;
import io.cachepolicy.spi.ChangeChannel;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * An instance that notes when it hears of changes. Keys are the times at which they were
 * told.
 */
public final class Listener implements ChangeChannel.Receiver {

	/**
	 * How many numbers are told of each cache: keys, times that all keys were meant, and
	 * delays in milliseconds: the median, the 99th percentile, the largest.
	 */
	static final int COLUMNS = 5;

	/**
	 * Names of caches by which listeners are asked whether they listen, answer, and are
	 * ended.
	 */
	static final String QUESTION = "question";

	static final String ANSWER = "answer";

	static final String END = "end";

	private static final int MAX_DELAYS = 1_000_000;

	private final Map<String, Delays> caches = new LinkedHashMap<>();

	private final CountDownLatch end = new CountDownLatch(1);

	private final ChangeChannel channel;

	private Listener(ChangeChannel channel) {
		this.channel = channel;
	}

	/**
	 * Start the application, and listen until all keys of a cache named "end" changed.
	 * @param arguments the URL of the database, and settings
	 * @throws InterruptedException if the thread is interrupted
	 */
	public static void main(String... arguments) throws InterruptedException {
		String[] settings = List.of(arguments).subList(1, arguments.length).toArray(String[]::new);
		try (ConfigurableApplicationContext context = ShopApplication.start(arguments[0], settings)) {
			ChangeChannel channel = context.getBean(ChangeChannel.class);
			Listener listener = new Listener(channel);
			channel.subscribe(listener);
			listener.end.await();
			listener.caches.values().forEach(Delays::tell);
		}
	}

	@Override
	public void changed(String cacheName, Collection<?> keys) {
		if (cacheName.startsWith("rate")) {
			long now = System.nanoTime();
			Delays delays = this.caches.computeIfAbsent(cacheName, (name) -> new Delays());
			keys.forEach((key) -> delays.add(now - (Long) key));
		}
	}

	@Override
	public void changedAll(String cacheName) {
		if (cacheName.equals(QUESTION)) {
			this.channel.publish(ANSWER, List.of(ProcessHandle.current().pid()));
		}
		else if (cacheName.equals(END)) {
			this.end.countDown();
		}
		else if (cacheName.startsWith("rate")) {
			this.caches.computeIfAbsent(cacheName, (name) -> new Delays()).merged++;
		}
	}

	@Override
	public void lost() {
	}

	/**
	 * The delays of the keys of a cache.
	 */
	private static final class Delays {

		private final long[] delays = new long[MAX_DELAYS];

		private int count;

		private int merged;

		void add(long delay) {
			this.delays[this.count++] = delay;
		}

		void tell() {
			long[] sorted = Arrays.copyOf(this.delays, this.count);
			Arrays.sort(sorted);
			Child.tell(this.count, this.merged, at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1));
		}

		private static double at(long[] sorted, double part) {
			return (sorted.length > 0) ? sorted[(int) Math.round((sorted.length - 1) * part)] / 1e6 : 0;
		}

	}

}
