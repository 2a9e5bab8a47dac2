package io.cachepolicy.faults;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The rows, read past the caches and past all failures. Thread-safe.
 */
final class Rows {

	private static final Map<String, String> QUERIES = Map.of(Application.SHELVES,
			"select text, null as place from shelf where id = ?", Application.VOLUMES,
			"select text, shelf_id as place from volume where id = ?");

	private final JdbcTemplate jdbc;

	Rows(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Find a row.
	 * @param cache the name of its cache
	 * @param id its id
	 * @return its text, {@code null} if there is no row
	 */
	synchronized @Nullable String find(String cache, long id) {
		return this.jdbc.query(QUERIES.get(cache), (row, number) -> check(row.getString(1), row.getObject(2)), id)
			.stream()
			.findFirst()
			.orElse(null);
	}

	private static String check(String text, @Nullable Object shelf) {
		if (shelf != null && !text.endsWith("@" + shelf)) {
			throw new Violation("Half of a write is in the row: '%s' on shelf %s".formatted(text, shelf));
		}
		return text;
	}

	/**
	 * Return the text of an instance.
	 * @param value a shelf, a volume, or {@code null}
	 * @return the text, {@code null} if there is none
	 */
	static @Nullable String textOf(@Nullable Object value) {
		if (value instanceof Shelf shelf) {
			return shelf.getText();
		}
		return (value instanceof Volume volume) ? volume.getText() : null;
	}

}
