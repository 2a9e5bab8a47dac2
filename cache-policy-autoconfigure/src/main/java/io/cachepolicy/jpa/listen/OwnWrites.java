package io.cachepolicy.jpa.listen;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The rows that the calling thread writes for a store, by a call of it. Other rows that
 * are written meanwhile are not the store's: a session flushes all that it has.
 */
public final class OwnWrites {

	private static final ThreadLocal<@Nullable OwnWrites> current = new ThreadLocal<>();

	private final Object store;

	private final Set<Object> keys;

	private final @Nullable Object inserted;

	private final @Nullable OwnWrites outer;

	private boolean statement;

	private OwnWrites(Object store, Set<Object> keys, @Nullable Object inserted) {
		this.store = store;
		this.keys = keys;
		this.inserted = inserted;
		this.outer = current.get();
	}

	/**
	 * Write rows.
	 * @param <T> the type of the result
	 * @param store identifies the store
	 * @param keys the keys of the rows
	 * @param call writes them
	 * @return its result
	 */
	public static <T> T write(Object store, Collection<?> keys, Supplier<T> call) {
		return run(
				new OwnWrites(store, (keys.size() == 1) ? Set.of(keys.iterator().next()) : new HashSet<>(keys), null),
				call);
	}

	/**
	 * Insert a row whose key is not known before.
	 * @param <T> the type of the result
	 * @param store identifies the store
	 * @param inserted the instance
	 * @param call inserts it
	 * @return its result
	 */
	public static <T> T insert(Object store, Object inserted, Supplier<T> call) {
		return run(new OwnWrites(store, Set.of(), inserted), call);
	}

	/**
	 * Execute a statement that changes the rows of the current write, and no others.
	 * @param call executes it
	 */
	public static void execute(Runnable call) {
		OwnWrites own = current.get();
		if (own == null) {
			call.run();
			return;
		}
		own.statement = true;
		try {
			call.run();
		}
		finally {
			own.statement = false;
		}
	}

	private static <T> T run(OwnWrites own, Supplier<T> call) {
		current.set(own);
		try {
			return call.get();
		}
		finally {
			if (own.outer != null) {
				current.set(own.outer);
			}
			else {
				current.remove();
			}
		}
	}

	/**
	 * Return what the calling thread writes.
	 * @return the writes, {@code null} if there are none
	 */
	static @Nullable OwnWrites current() {
		return current.get();
	}

	/**
	 * Return the keys of the rows that the current statement changes.
	 * @return the keys, {@code null} if the statement is not one of the store's
	 */
	@Nullable Set<Object> keysOfStatement() {
		return (this.statement) ? this.keys : null;
	}

	boolean isOf(Object store) {
		return this.store == store;
	}

	/**
	 * Return whether a row is written for a store.
	 * @param store identifies the store
	 * @param key the key of the row
	 * @param entity the instance that is written, if there is one
	 * @return whether the store knows of it
	 */
	boolean covers(Object store, Object key, @Nullable Object entity) {
		for (OwnWrites own = this; own != null; own = own.outer) {
			if (own.store == store && (own.keys.contains(key) || (own.inserted != null && own.inserted == entity))) {
				return true;
			}
		}
		return false;
	}

}
