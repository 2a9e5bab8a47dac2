package io.cachepolicy.faults;

import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The rows, read past the caches and past all failures. Thread-safe.
 */
final class Rows {

	private final JdbcTemplate jdbc;

	private final Map<String, String> queries;

	Rows(JdbcTemplate jdbc, Setup setup) {
		this.jdbc = jdbc;
		this.queries = Map.of(Application.SHELVES,
				"select text, null, null from %s where id = ?".formatted((setup.cascading()) ? "chest" : "shelf"),
				Application.VOLUMES,
				"select text, %s from %s where id = ?".formatted(
						(setup.cascading()) ? "chest_id, mark" : "shelf_id, mark",
						(setup.cascading()) ? "book" : "volume"));
	}

	/**
	 * Find a row.
	 * @param cache the name of its cache
	 * @param id its id
	 * @return its text, {@code null} if there is no row
	 */
	synchronized @Nullable String find(String cache, long id) {
		return this.jdbc
			.query(Objects.requireNonNull(this.queries.get(cache)),
					(row, number) -> check(row.getString(1), row.getObject(2), row.getString(3)), id)
			.stream()
			.findFirst()
			.orElse(null);
	}

	private static String check(String text, @Nullable Object shelf, @Nullable String mark) {
		if (shelf != null && !(text.endsWith("@" + shelf) && text.contains(Library.MARK) == (mark != null))) {
			throw new Violation(
					"Half of a write is in the row: '%s' on shelf %s with mark %s".formatted(text, shelf, mark));
		}
		return text;
	}

	/**
	 * Return the text of an instance.
	 * @param value a shelf, a volume, or {@code null}
	 * @return the text, {@code null} if there is none
	 */
	static @Nullable String textOf(@Nullable Object value) {
		if (value instanceof Place place) {
			return place.getText();
		}
		return (value instanceof Piece piece) ? piece.getText() : null;
	}

}
