package io.cachepolicy.model;

import java.util.Objects;

import jakarta.persistence.EntityManager;
import org.jspecify.annotations.Nullable;

/**
 * A change of a row by code of the application that does not know the cache.
 */
final class BypassRun {

	private final EntityManager manager;

	private final Setup setup;

	private final long id;

	private final String text;

	/**
	 * Create a change.
	 * @param manager the entity manager of the transaction
	 * @param setup the cache, of whose entity the row is
	 * @param id the id of the row
	 * @param text the new text
	 */
	BypassRun(EntityManager manager, Setup setup, long id, String text) {
		this.manager = manager;
		this.setup = setup;
		this.id = id;
		this.text = text;
	}

	/**
	 * Change the row.
	 * @param way how
	 * @param version the version of a new row
	 * @return whether there was something to change
	 */
	boolean run(Way way, int version) {
		return switch (way) {
			case INSERT -> insert(version) > 0;
			case DIRTY -> changeInstance();
			case STATEMENT -> update("update " + ((this.setup.versioned()) ? "versioned " : "") + entity()
					+ " set text = :text where id = :id") > 0;
			case DELETE -> delete("delete from " + entity() + " where id = :id and text not like 'kept%'") > 0;
			case REMOVE -> remove();
		};
	}

	/**
	 * Insert a row with a version that no row had that was deleted, whose instances would
	 * fit by chance.
	 */
	private int insert(int version) {
		String columns = (this.setup.versioned()) ? "(id, text, version) values (:id, :text, %d)".formatted(version)
				: "(id, text) values (:id, :text)";
		return this.manager
			.createNativeQuery("insert into %s %s on conflict do nothing".formatted(this.setup.table(), columns))
			.setParameter("id", this.id)
			.setParameter("text", this.text)
			.executeUpdate();
	}

	private boolean changeInstance() {
		Row row = find();
		if (row != null) {
			row.setText(this.text);
		}
		return row != null;
	}

	private int update(String statement) {
		return this.manager.createQuery(statement)
			.setParameter("id", this.id)
			.setParameter("text", this.text)
			.executeUpdate();
	}

	private int delete(String statement) {
		return this.manager.createQuery(statement).setParameter("id", this.id).executeUpdate();
	}

	private boolean remove() {
		Row row = find();
		if (row == null || Objects.requireNonNull(row.getText()).startsWith(Value.KEPT)) {
			return false;
		}
		this.manager.remove(row);
		return true;
	}

	private @Nullable Row find() {
		return (Row) this.manager.find(this.setup.newRow(this.id).getClass(), this.id);
	}

	private String entity() {
		return this.setup.newRow(this.id).getClass().getSimpleName();
	}

	/**
	 * How the row is changed.
	 */
	enum Way {

		INSERT, DIRTY, STATEMENT, DELETE, REMOVE;

		boolean removes() {
			return this == DELETE || this == REMOVE;
		}

	}

}
