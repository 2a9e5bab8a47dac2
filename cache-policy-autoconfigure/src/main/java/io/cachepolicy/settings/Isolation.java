package io.cachepolicy.settings;

/**
 * Whether callers share the cached instance of an entity or get their own copy.
 */
public enum Isolation {

	/**
	 * Entities are copied on the way in and on the way out, so that changing one changes
	 * neither cache nor store. Values that are not entities are shared.
	 */
	COPY,

	/**
	 * Callers share the cached instance and must not change it.
	 */
	SHARED

}
