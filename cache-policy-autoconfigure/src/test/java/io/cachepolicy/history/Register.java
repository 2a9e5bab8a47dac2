package io.cachepolicy.history;

/**
 * A row with a text.
 */
interface Register {

	String getText();

	void setText(String text);

}
