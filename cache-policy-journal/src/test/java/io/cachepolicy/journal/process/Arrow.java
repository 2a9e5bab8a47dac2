package io.cachepolicy.journal.process;

/**
 * A step in the order of a write, between two of which the process may die.
 */
enum Arrow {

	PREPARED, APPENDED, FORCED, PROMISED, COMMITTED, ENDED, HELD, RELEASED, SETTLED, BURIED, FORGOTTEN, COLLAPSED,
	RECOVERED

}
