package io.cachepolicy.model;

import org.jspecify.annotations.Nullable;

/**
 * An entity with an assigned id and a text.
 */
public interface Row {

	Long getId();

	@Nullable String getText();

	void setText(String text);

}
