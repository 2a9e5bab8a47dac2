package io.cachepolicy.jpa.listen;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

import org.hibernate.engine.spi.SharedSessionContractImplementor;
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

	private final @Nullable SharedSessionContractImplementor caller;

	private OwnWrites(Object store, Set<Object> keys, @Nullable Object inserted,
			@Nullable SharedSessionContractImplementor caller) {
		this.store = store;
		this.keys = keys;
		this.inserted = inserted;
		this.caller = caller;
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
		return run(new OwnWrites(store, setOf(keys), null, null), call);
	}

	/**
	 * Write rows in another session than that of the transaction.
	 * @param <T> the type of the result
	 * @param store identifies the store
	 * @param keys the keys of the rows
	 * @param caller the session of the transaction, with which the changes end
	 * @param call writes them
	 * @return its result
	 */
	public static <T extends @Nullable Object> T write(Object store, Collection<?> keys,
			SharedSessionContractImplementor caller, Supplier<T> call) {
		return run(new OwnWrites(store, setOf(keys), null, caller), call);
	}

	/**
	 * Read rows of which nothing is pending.
	 * @param <T> the type of the result
	 * @param store identifies the store
	 * @param call reads them
	 * @return its result
	 */
	public static <T extends @Nullable Object> T read(Object store, Supplier<T> call) {
		return run(new OwnWrites(store, Set.of(), null, null), call);
	}

	private static Set<Object> setOf(Collection<?> keys) {
		return (keys.size() == 1) ? Set.of(keys.iterator().next()) : new HashSet<>(keys);
	}

	/**
	 * Return the session of the transaction in which a session writes.
	 * @param session the session
	 * @return the session of the transaction, mostly the same
	 */
	static SharedSessionContractImplementor ownerOf(SharedSessionContractImplementor session) {
		return ownerOf(session, current.get());
	}

	/**
	 * Return the session of the transaction in which a session writes.
	 * @param session the session
	 * @param current what the calling thread writes, {@code null} if it does not
	 * @return the session of the transaction, mostly the same
	 */
	static SharedSessionContractImplementor ownerOf(SharedSessionContractImplementor session,
			@Nullable OwnWrites current) {
		return (current != null && current.caller != null) ? current.caller : session;
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
		return run(new OwnWrites(store, Set.of(), inserted, null), call);
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

	private static <T extends @Nullable Object> T run(OwnWrites own, Supplier<T> call) {
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
	 * Return whether the calling thread is inside of a call of a store.
	 * @param store identifies the store
	 * @return whether it reads or writes
	 */
	public static boolean isCalling(Object store) {
		for (OwnWrites own = current.get(); own != null; own = own.outer) {
			if (own.store == store) {
				return true;
			}
		}
		return false;
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

	/**
	 * Return the keys of the rows that are written for a store.
	 * @param store identifies the store
	 * @param insertedKey yields the key of an instance that is inserted, {@code null} if
	 * it has none yet
	 * @return the keys
	 */
	Set<Object> keysOf(Object store, Function<Object, @Nullable Object> insertedKey) {
		Set<Object> found = Set.of();
		for (OwnWrites own = this; own != null; own = own.outer) {
			if (own.store == store) {
				Object inserted = (own.inserted != null) ? insertedKey.apply(own.inserted) : null;
				Set<Object> more = (inserted != null) ? Set.of(inserted) : own.keys;
				found = (found.isEmpty()) ? more : union(found, more);
			}
		}
		return found;
	}

	private static Set<Object> union(Set<Object> one, Set<Object> other) {
		Set<Object> union = new HashSet<>(one);
		union.addAll(other);
		return union;
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
