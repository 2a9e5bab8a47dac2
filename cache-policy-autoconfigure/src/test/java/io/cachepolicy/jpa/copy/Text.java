package io.cachepolicy.jpa.copy;

/**
 * What a test sees of {@link Article} when its bytecode is enhanced.
 */
public interface Text {

	void fill(long id, String title, String content, Text parent);

	Long getId();

	String getTitle();

	void setTitle(String title);

	String getContent();

	Text getParent();

}
