package io.cachepolicy.jpa.listen;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * The words of a statement: names and keywords in lower case, quoted names with their
 * quotes, and single characters. Comments, texts and parameters are left out.
 */
final class SqlWords {

	private final String sql;

	private final List<String> words = new ArrayList<>();

	private int position;

	private SqlWords(String sql) {
		this.sql = sql;
	}

	static List<String> of(String sql) {
		SqlWords words = new SqlWords(sql);
		while (words.position < sql.length()) {
			words.next();
		}
		return words.words;
	}

	/**
	 * Return whether a word can name a table.
	 * @param word the word
	 * @return whether it is a name, with or without quotes
	 */
	static boolean isName(String word) {
		char first = word.charAt(0);
		return Character.isJavaIdentifierStart(first) || isQuote(first);
	}

	private static boolean isQuote(char c) {
		return c == '"' || c == '`' || c == '[';
	}

	private void next() {
		char c = this.sql.charAt(this.position);
		String dollars = (c == '$') ? dollarQuote() : null;
		if (this.sql.startsWith("--", this.position)) {
			skipTo("\n", 2);
		}
		else if (this.sql.startsWith("/*", this.position)) {
			skipTo("*/", 2);
		}
		else if (c == '\'') {
			skipTo("'", 1);
		}
		else if (dollars != null) {
			skipTo(dollars, dollars.length());
		}
		else if (isQuote(c)) {
			int start = this.position;
			skipTo((c == '[') ? "]" : String.valueOf(c), 1);
			this.words.add(this.sql.substring(start, this.position));
		}
		else if (Character.isJavaIdentifierStart(c)) {
			int start = this.position;
			while (this.position < this.sql.length()
					&& Character.isJavaIdentifierPart(this.sql.charAt(this.position))) {
				this.position++;
			}
			this.words.add(this.sql.substring(start, this.position).toLowerCase(Locale.ROOT));
		}
		else {
			if (!Character.isWhitespace(c) && c != '(' && c != ')' && c != '{' && c != '}') {
				this.words.add(String.valueOf(c));
			}
			this.position++;
		}
	}

	private void skipTo(String end, int from) {
		int found = this.sql.indexOf(end, this.position + from);
		this.position = (found < 0) ? this.sql.length() : found + end.length();
	}

	private @Nullable String dollarQuote() {
		int end = this.sql.indexOf('$', this.position + 1);
		if (end < 0) {
			return null;
		}
		String tag = this.sql.substring(this.position + 1, end);
		return (tag.chars().allMatch(Character::isJavaIdentifierPart)) ? this.sql.substring(this.position, end + 1)
				: null;
	}

}
