package io.cachepolicy.jpa.listen;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The tables that a statement changes: some, none, or any. A table is named without its
 * schema, in lower case and without quotes.
 */
final class SqlTables {

	static final SqlTables NO_TABLES = new SqlTables(Set.of());

	private static final SqlTables ANY = new SqlTables(null);

	/**
	 * Statements that change no rows that an entity has.
	 */
	private static final Set<String> HARMLESS = Set.of("set", "reset", "show", "lock", "analyze", "vacuum", "explain",
			"comment", "grant", "revoke", "listen", "notify", "unlisten", "savepoint", "release", "create", "values",
			"use", "fetch", "close", "checkpoint", "discard");

	/**
	 * Words that may stand between a verb and the name of its table.
	 */
	private static final Set<String> FILLERS = Set.of("only", "low_priority", "ignore", "table", "overwrite", "into",
			"from", "if", "exists");

	/**
	 * Words before {@code update} that make it something else: {@code for update},
	 * {@code for no key update}, {@code do update}, {@code on update},
	 * {@code then update}.
	 */
	private static final Set<String> BEFORE_OTHER_UPDATES = Set.of("for", "key", "do", "on", "then", "duplicate");

	private final @Nullable Set<String> names;

	private SqlTables(@Nullable Set<String> names) {
		this.names = names;
	}

	/**
	 * Return tables by their names in the mapping.
	 * @param names the names
	 * @return the tables
	 */
	static SqlTables of(Set<String> names) {
		Set<String> tables = new HashSet<>();
		names.forEach((name) -> tables.add(nameOf(name)));
		return new SqlTables(tables);
	}

	/**
	 * Return whether a statement begins as a query that contains no other statement.
	 * @param sql the statement
	 * @return whether it changes no rows, unless a function does
	 */
	static boolean isPlainSelect(String sql) {
		return sql.regionMatches(true, 0, "select ", 0, 7);
	}

	/**
	 * Return the tables that a statement changes.
	 * @param sql the statement, of any database
	 * @return the tables, any if they can't be told
	 */
	static SqlTables writtenBy(String sql) {
		List<String> words = SqlWords.of(sql);
		Set<String> names = new HashSet<>();
		for (int i = 0; i < words.size(); i++) {
			String word = words.get(i);
			String before = (i > 0) ? words.get(i - 1) : "";
			if (isVerb(word, before, words, i)) {
				addTables(words, i + 1, word.equals("truncate"), names);
			}
		}
		if (!names.isEmpty()) {
			return new SqlTables(Collections.unmodifiableSet(names));
		}
		String first = (words.isEmpty()) ? "" : words.get(0);
		return (HARMLESS.contains(first) || first.equals("select") || first.equals("with")) ? NO_TABLES : ANY;
	}

	/**
	 * Return all that may be the name of a table in a statement.
	 * @param sql the statement, of any database
	 * @return names and keywords, as tables are named here
	 */
	static Set<String> mentionedBy(String sql) {
		Set<String> names = new HashSet<>();
		SqlWords.of(sql).stream().filter(SqlWords::isName).map(SqlTables::nameOf).forEach(names::add);
		return Set.copyOf(names);
	}

	private static boolean isVerb(String word, String before, List<String> words, int index) {
		String next = (index + 1 < words.size()) ? words.get(index + 1) : "";
		return switch (word) {
			case "update" -> !BEFORE_OTHER_UPDATES.contains(before);
			case "insert", "merge", "replace" -> next.equals("into") || next.equals("overwrite");
			case "delete" -> next.equals("from") || (index == 0 && !next.isEmpty());
			case "truncate" -> index == 0;
			case "copy" -> index == 0;
			default -> false;
		};
	}

	private static void addTables(List<String> words, int start, boolean several, Set<String> names) {
		int index = start;
		while (index < words.size() && FILLERS.contains(words.get(index))) {
			index++;
		}
		while (index < words.size() && SqlWords.isName(words.get(index))) {
			String name = words.get(index++);
			while (index + 1 < words.size() && words.get(index).equals(".")) {
				name = words.get(index + 1);
				index += 2;
			}
			names.add(nameOf(name));
			if (!several || index >= words.size() || !words.get(index).equals(",")) {
				return;
			}
			index++;
		}
	}

	/**
	 * Return how a table is named here.
	 * @param name its name, maybe with a schema and quotes
	 * @return the name
	 */
	static String nameOf(String name) {
		String last = name.substring(name.lastIndexOf('.') + 1);
		StringBuilder plain = new StringBuilder(last.length());
		last.chars().filter((c) -> c != '"' && c != '`' && c != '[' && c != ']').forEach((c) -> plain.append((char) c));
		return plain.toString().toLowerCase(Locale.ROOT);
	}

	/**
	 * Return the names of the tables.
	 * @return the names, {@code null} if it may be any
	 */
	@Nullable Set<String> names() {
		return this.names;
	}

	boolean isNone() {
		return this.names != null && this.names.isEmpty();
	}

	/**
	 * Return whether one of some tables may be changed.
	 * @param tables the names of the tables
	 * @return whether one is among these, or nobody knows
	 */
	boolean mayContain(Set<String> tables) {
		return this.names == null || this.names.stream().anyMatch(tables::contains);
	}

	@Override
	public String toString() {
		return (this.names != null) ? this.names.toString() : "any";
	}

}
