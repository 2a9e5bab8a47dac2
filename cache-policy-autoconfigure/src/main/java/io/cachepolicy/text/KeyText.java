package io.cachepolicy.text;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The one way to describe keys, in logs, messages of exceptions and the endpoint: keys
 * may come from anybody. A description is a single line of limited length, in which
 * quotes and what is not visible are escaped as in Java. Thread-safe.
 */
public final class KeyText {

	/**
	 * The most characters of a description of a key, but for the mark that it is cut.
	 */
	static final int LENGTH = 100;

	/**
	 * The most keys that are described together.
	 */
	static final int KEYS = 100;

	/**
	 * The most characters of keys that are described together, but for the last one.
	 */
	static final int TOTAL_LENGTH = 1000;

	private static final String CUT = "...";

	private final StringBuilder text = new StringBuilder();

	private KeyText() {
	}

	/**
	 * Describe a key.
	 * @param key the key
	 * @return the description
	 */
	public static String of(@Nullable Object key) {
		KeyText text = new KeyText();
		text.add(key);
		return text.toString();
	}

	/**
	 * Describe keys: the first ones, and how many others there are.
	 * @param keys the keys
	 * @return the description, in brackets
	 */
	public static String ofAll(Collection<?> keys) {
		StringBuilder text = new StringBuilder("[");
		int described = 0;
		for (Iterator<?> remaining = keys.iterator(); remaining.hasNext() && described < KEYS
				&& text.length() < TOTAL_LENGTH; described++) {
			text.append((described > 0) ? ", " : "").append(of(remaining.next()));
		}
		int others = keys.size() - described;
		return text.append((others > 0) ? " and %d others]".formatted(others) : "]").toString();
	}

	private boolean isFull() {
		return this.text.length() > LENGTH;
	}

	private void add(@Nullable Object part) {
		if (part instanceof Collection<?> elements) {
			addAll(elements);
		}
		else if (part instanceof Map<?, ?> entries) {
			addAll(entries.entrySet());
		}
		else if (part instanceof Object[] elements) {
			addAll(Arrays.asList(elements));
		}
		else if (part != null && part.getClass().isArray()) {
			addArray(part);
		}
		else {
			escape((part instanceof CharSequence sequence) ? sequence : describe(part));
		}
	}

	private void addAll(Collection<?> elements) {
		this.text.append('[');
		Iterator<?> remaining = elements.iterator();
		while (remaining.hasNext() && !isFull()) {
			add(remaining.next());
			this.text.append((remaining.hasNext()) ? ", " : "");
		}
		this.text.append(']');
	}

	private void addArray(Object array) {
		this.text.append('[');
		int length = Array.getLength(array);
		for (int i = 0; i < length && !isFull(); i++) {
			this.text.append((i > 0) ? ", " : "").append(Array.get(array, i));
		}
		this.text.append(']');
	}

	private static String describe(@Nullable Object part) {
		try {
			return String.valueOf(part);
		}
		catch (RuntimeException | StackOverflowError ex) {
			// A description is no reason to fail
			return (part != null) ? part.getClass().getName() : "";
		}
	}

	private void escape(CharSequence part) {
		for (int i = 0; i < part.length() && !isFull();) {
			int character = Character.codePointAt(part, i);
			escape(character);
			i += Character.charCount(character);
		}
	}

	private void escape(int character) {
		switch (character) {
			case '\n' -> this.text.append("\\n");
			case '\r' -> this.text.append("\\r");
			case '\t' -> this.text.append("\\t");
			case '\\', '\'', '"' -> this.text.append('\\').append((char) character);
			default -> {
				if (isVisible(character)) {
					this.text.appendCodePoint(character);
				}
				else {
					for (char unit : Character.toChars(character)) {
						this.text.append("\\u%04x".formatted((int) unit));
					}
				}
			}
		}
	}

	/**
	 * Return whether a character is what a reader sees: no control character, no line or
	 * paragraph separator, nothing that changes direction or joins, no half of a pair.
	 * @param character the code point
	 * @return whether it is visible
	 */
	private static boolean isVisible(int character) {
		return switch (Character.getType(character)) {
			case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
					Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED ->
				false;
			case Character.SPACE_SEPARATOR -> character == ' ';
			default -> true;
		};
	}

	@Override
	public String toString() {
		if (!isFull()) {
			return this.text.toString();
		}
		int end = (Character.isHighSurrogate(this.text.charAt(LENGTH - 1))) ? LENGTH - 1 : LENGTH;
		return this.text.substring(0, end) + CUT;
	}

}
