package io.cachepolicy.startup.shelves;

/**
 * A fragment.
 */
public interface Relabelling {

	void relabel(Long id, String label);

}
