package io.cachepolicy.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * Records what threads did to registers. Each thread notes its actions in its own list.
 */
final class Recorder {

	private final AtomicLong tickets = new AtomicLong();

	private final Map<Long, Map<Integer, List<Action>>> actions = new ConcurrentHashMap<>();

	/**
	 * Return the time, which no other call returns.
	 */
	long ticket() {
		return this.tickets.incrementAndGet();
	}

	void read(int thread, long key, @Nullable String value, long invocation) {
		add(key, Action.read(thread, value, invocation, ticket()));
	}

	void wrote(int thread, long key, String value, long invocation) {
		add(key, Action.write(thread, value, invocation, ticket()));
	}

	void failed(int thread, long key, String value, long invocation) {
		add(key, Action.write(thread, value, invocation, Action.NEVER));
	}

	private void add(long key, Action action) {
		this.actions.computeIfAbsent(key, (k) -> new ConcurrentHashMap<>())
			.computeIfAbsent(action.thread(), (t) -> new ArrayList<>())
			.add(action);
	}

	/**
	 * Return the actions on a register, those of each thread in the order in which it did
	 * them.
	 */
	List<Action> history(long key) {
		return this.actions.getOrDefault(key, Map.of()).values().stream().flatMap(List::stream).toList();
	}

}
