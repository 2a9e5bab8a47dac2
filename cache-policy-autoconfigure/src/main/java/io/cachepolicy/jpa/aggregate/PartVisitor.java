package io.cachepolicy.jpa.aggregate;

/**
 * Is shown what a change of a row changes.
 */
public interface PartVisitor {

	/**
	 * Show a part.
	 * @param part the part
	 */
	void part(Part part);

	/**
	 * Show that one of the parts of a role has changed, of which it is not known which.
	 * @param role the role
	 */
	void anyOf(String role);

}
