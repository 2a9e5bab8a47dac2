package io.cachepolicy.writeback;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.cachepolicy.spi.OwnThreads;
import io.cachepolicy.text.FailureText;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The threads in which the caches of a manager flush, and one that wakes them when a
 * write is due. Threads begin when there is something to do, serve whatever cache comes
 * next, and end soon after there is nothing left. Thread-safe.
 * <p>
 * <b>How many.</b> As many as are needed at the same time, up to a {@link #few}: 16, or
 * the threads of one cache if these are more. What comes on top waits in line. If that
 * gets on slowly, threads that are seen at the same step again are taken for stuck: their
 * store does not answer. They are not counted any more, so that stores that do not answer
 * delay others by half a second, once. No cache has more threads than its settings say,
 * which {@link FlushTurns} sees to.
 * <p>
 * <b>Invariants.</b> There is a line only while as many threads as allowed are active:
 * each of them takes the next one in line before it ends, unless so many others do.
 * {@link #look} is scheduled while so many are active. The line, the active threads and
 * what is known of them are guarded by the monitor, under which only the timer's lock is
 * taken.
 */
public final class FlushThreads implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(FlushThreads.class);

	/**
	 * Name of a thread that does nothing, and of the timer. With a cache that is served
	 * comes the name of that.
	 */
	static final String NAME = "cache-policy-flush";

	private static final int FEW = 16;

	private static final Duration IDLE = Duration.ofSeconds(5);

	private static final Duration PATIENCE = Duration.ofMillis(250);

	/**
	 * The longest to wait at once.
	 */
	private static final long FOREVER = TimeUnit.DAYS.toNanos(1);

	private final ThreadPoolExecutor workers;

	private final ScheduledThreadPoolExecutor timer;

	private final long patience;

	private final Deque<Work> line = new ArrayDeque<>();

	private final Set<Worker> active = new HashSet<>();

	private int stuck;

	private int few = FEW;

	/**
	 * How many steps were begun, and how many of them before the last look.
	 */
	private long steps;

	private long stepsSeen;

	private boolean watched;

	/**
	 * Create threads.
	 * @param factory makes them
	 * @param idle how long one waits for something to do before it ends
	 * @param patience the time between two looks for threads that are stuck
	 */
	FlushThreads(ThreadFactory factory, Duration idle, Duration patience) {
		this.patience = patience.toNanos();
		this.workers = new ThreadPoolExecutor(0, Integer.MAX_VALUE, idle.toNanos(), TimeUnit.NANOSECONDS,
				new SynchronousQueue<>(), factory);
		this.timer = new ScheduledThreadPoolExecutor(1, factory);
		this.timer.setKeepAliveTime(Math.max(1, idle.toNanos()), TimeUnit.NANOSECONDS);
		this.timer.allowCoreThreadTimeOut(true);
		this.timer.setRemoveOnCancelPolicy(true);
		this.timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
	}

	/**
	 * Create platform threads, none of which has begun.
	 * @return the threads
	 */
	public static FlushThreads platform() {
		OwnThreads threads = new OwnThreads();
		return new FlushThreads((task) -> threads.create(NAME, task), IDLE, PATIENCE);
	}

	/**
	 * Create virtual threads, none of which has begun.
	 * @return the threads
	 * @throws UnsupportedOperationException if the JDK has no virtual threads
	 */
	public static FlushThreads virtual() {
		// There is no use in keeping one
		return new FlushThreads(new VirtualThreads(NAME), Duration.ZERO, PATIENCE);
	}

	/**
	 * Allow as many threads as a cache may need.
	 * @param most the number
	 */
	synchronized void allow(int most) {
		this.few = Math.max(this.few, most);
	}

	/**
	 * Do something in a thread, which may have to wait in line. Ignored after
	 * {@link #close}.
	 * @param work what is to be done
	 * @throws Error if there is no thread to be had
	 */
	void execute(Work work) {
		Worker worker;
		synchronized (this) {
			if (this.workers.isShutdown()) {
				return;
			}
			if (!mayBegin()) {
				this.line.add(work);
				return;
			}
			worker = begin(work);
		}
		start(worker);
	}

	/**
	 * Do something short later.
	 * @param action what is to be done, which must not wait for anything
	 * @param nanos when; what is very long is done earlier
	 * @return to cancel it
	 */
	Future<?> schedule(Runnable action, long nanos) {
		return this.timer.schedule(action, Math.min(nanos, FOREVER), TimeUnit.NANOSECONDS);
	}

	private boolean mayBegin() {
		return this.active.size() - this.stuck < this.few;
	}

	private Worker begin(Work work) {
		Worker worker = new Worker(work, ++this.steps);
		this.active.add(worker);
		watch();
		return worker;
	}

	private void start(Worker worker) {
		boolean started = false;
		try {
			this.workers.execute(worker);
			started = true;
		}
		finally {
			if (!started) {
				end(worker);
			}
		}
	}

	private synchronized void end(Worker worker) {
		free(worker);
		this.active.remove(worker);
	}

	private void free(Worker worker) {
		if (worker.stuck) {
			worker.stuck = false;
			this.stuck--;
		}
	}

	private void watch() {
		if (this.watched || this.active.size() < this.few) {
			return;
		}
		try {
			schedule(this::look, this.patience);
			this.watched = true;
		}
		catch (Throwable ex) {
			// Those that are active take what is in line
			logger.debug("There is no thread to look for those that are stuck", FailureText.loggable(ex, logger));
		}
	}

	/**
	 * Look for threads that are stuck, and serve the line beside them. When all are slow,
	 * as the processors are busy, none of them is stuck.
	 */
	private void look() {
		List<Worker> begun = new ArrayList<>();
		synchronized (this) {
			this.watched = false;
			boolean slowly = this.steps - this.stepsSeen < this.few;
			this.stepsSeen = this.steps;
			this.active.forEach((worker) -> look(worker, slowly));
			while (!this.line.isEmpty() && mayBegin()) {
				begun.add(begin(this.line.remove()));
			}
			watch();
		}
		begun.forEach(this::startLater);
	}

	private void look(Worker worker, boolean slowly) {
		if (slowly && worker.seen == worker.step && !worker.stuck) {
			worker.stuck = true;
			this.stuck++;
		}
		worker.seen = worker.step;
	}

	private void startLater(Worker worker) {
		try {
			start(worker);
		}
		catch (Throwable ex) {
			logger.debug("There is no thread beside those that are busy", FailureText.loggable(ex, logger));
			synchronized (this) {
				this.line.addFirst(worker.work);
			}
		}
	}

	private synchronized @Nullable Work next(Worker worker, @Nullable Work again) {
		if (again != null) {
			this.line.add(again);
		}
		free(worker);
		boolean superfluous = this.active.size() - this.stuck > this.few;
		Work next = (!superfluous) ? this.line.poll() : null;
		if (next == null) {
			end(worker);
		}
		else {
			worker.step = ++this.steps;
		}
		return next;
	}

	/**
	 * Return how many threads are doing something.
	 * @return the number
	 */
	synchronized int active() {
		return this.active.size();
	}

	/**
	 * Let the threads end, when they have done what they are doing.
	 */
	@Override
	public void close() {
		this.timer.shutdown();
		this.workers.shutdown();
	}

	/**
	 * What is done step by step, fairly among all that wait in line.
	 */
	interface Work {

		/**
		 * Return what the threads are named after.
		 * @return the name of the cache
		 */
		String name();

		/**
		 * Take a step. Called by one thread at a time for each time that the work was
		 * asked for.
		 * @return whether another step is to follow
		 */
		boolean proceed();

	}

	/**
	 * A thread that does one work after the other.
	 */
	private final class Worker implements Runnable {

		private Work work;

		private long step;

		/**
		 * The step at the last look.
		 */
		private long seen;

		private boolean stuck;

		Worker(Work work, long step) {
			this.work = work;
			this.step = step;
		}

		@Override
		public void run() {
			Thread thread = Thread.currentThread();
			ClassLoader classLoader = thread.getContextClassLoader();
			Work next = this.work;
			do {
				this.work = next;
				thread.setName(NAME + "-" + this.work.name());
				next = next(this, proceed() ? this.work : null);
				// As a store may have left another one
				thread.setContextClassLoader(classLoader);
			}
			while (next != null);
			thread.setName(NAME);
		}

		private boolean proceed() {
			try {
				return this.work.proceed();
			}
			catch (Throwable ex) {
				logger.error("A flush failed unexpectedly: cache '" + this.work.name() + "'",
						FailureText.loggable(ex, logger));
				return true;
			}
		}

	}

}
