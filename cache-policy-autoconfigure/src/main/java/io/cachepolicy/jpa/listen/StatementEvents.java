package io.cachepolicy.jpa.listen;

import java.util.Set;
import java.util.function.Supplier;

import org.hibernate.engine.jdbc.spi.JdbcServices;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;

import org.springframework.util.ConcurrentLruCache;

/**
 * The statements that a session executes, as far as they are not about single instances:
 * those of queries.
 */
final class StatementEvents {

	private static final int REMEMBERED = 1000;

	private final ConcurrentLruCache<String, SqlTables> written = new ConcurrentLruCache<>(REMEMBERED,
			SqlTables::writtenBy);

	private final ConcurrentLruCache<String, Set<String>> mentioned = new ConcurrentLruCache<>(REMEMBERED,
			SqlTables::mentionedBy);

	private final Listeners<Listener> listeners = new Listeners<>();

	/**
	 * Tell a listener of the statements of a factory that may change rows.
	 * @param factory the factory
	 * @param listener the listener, which somebody has to hold
	 * @return whether the factory has such events
	 */
	static boolean register(SessionFactoryImplementor factory, Listener listener) {
		JdbcServices services = factory.getJdbcServices();
		if (services instanceof Source source) {
			source.statements().listeners.add(listener);
			return true;
		}
		return false;
	}

	/**
	 * A statement is about to be executed that changes rows.
	 * @param session the session
	 * @param sql the statement
	 * @param tables the tables that it changes, as far as Hibernate knows
	 */
	void mutating(SharedSessionContractImplementor session, String sql, Set<String> tables) {
		executing(session, () -> tables.isEmpty() ? this.written.get(sql) : SqlTables.of(tables), sql);
	}

	/**
	 * A query is about to be executed. It may change rows as well.
	 * @param session the session
	 * @param sql the query
	 */
	void selecting(SharedSessionContractImplementor session, String sql) {
		executing(session, () -> SqlTables.isPlainSelect(sql) ? SqlTables.NO_TABLES : this.written.get(sql), sql);
	}

	private void executing(SharedSessionContractImplementor session, Supplier<SqlTables> changed, String sql) {
		if (!this.listeners.isEmpty() && OwnWrites.current() == null) {
			this.listeners.forEach((listener) -> {
				if (listener.isAwaiting()) {
					listener.executing(session, changed.get(), this.mentioned.get(sql));
				}
			});
		}
	}

	/**
	 * A statement was executed that changes rows.
	 * @param session the session
	 * @param sql the statement
	 * @param tables the tables that it changes, as far as Hibernate knows
	 */
	void mutated(SharedSessionContractImplementor session, String sql, Set<String> tables) {
		if (!this.listeners.isEmpty()) {
			SqlTables changed = tables.isEmpty() ? this.written.get(sql) : SqlTables.of(tables);
			if (!changed.isNone()) {
				this.listeners.forEach((listener) -> listener.executed(session, changed));
			}
		}
	}

	/**
	 * A query was executed. It may have changed rows as well.
	 * @param session the session
	 * @param sql the query
	 */
	void selected(SharedSessionContractImplementor session, String sql) {
		if (!this.listeners.isEmpty() && !SqlTables.isPlainSelect(sql)) {
			SqlTables changed = this.written.get(sql);
			if (!changed.isNone()) {
				this.listeners.forEach((listener) -> listener.executed(session, changed));
			}
		}
	}

	/**
	 * Has the events of a factory.
	 */
	interface Source {

		StatementEvents statements();

	}

	/**
	 * Told of statements by the thread that executes them.
	 */
	interface Listener {

		/**
		 * Return whether statements that are about to be executed matter now.
		 * @return whether to tell of them
		 */
		boolean isAwaiting();

		/**
		 * A statement is about to be executed.
		 * @param session the session
		 * @param changed the tables that it changes
		 * @param mentioned the names in it, among which are the tables that it reads
		 */
		void executing(SharedSessionContractImplementor session, SqlTables changed, Set<String> mentioned);

		/**
		 * A statement was executed, which may have failed.
		 * @param session the session
		 * @param tables the tables that it changes
		 */
		void executed(SharedSessionContractImplementor session, SqlTables tables);

	}

}
