package io.cachepolicy.jpa;

import io.cachepolicy.settings.StoreMode;
import org.hibernate.jpa.event.spi.CallbackType;

/**
 * How the deferred writes of one entity are written.
 */
enum BatchMode {

	/**
	 * By the repository, after a query for the rows.
	 */
	MERGE,

	/**
	 * By a stateless session, after a query for the ids where they don't tell whether the
	 * row exists.
	 */
	INSERT_OR_UPDATE,

	/**
	 * By a stateless session, and the database finds out whether the row exists.
	 */
	UPSERT;

	/**
	 * Choose the mode of an entity.
	 * @param mode what the settings say
	 * @param traits what the mapping asks for
	 * @param effects what a save does beside the row
	 * @param updateCounts what the driver tells of updates
	 * @return the mode
	 */
	static BatchMode of(StoreMode mode, EntityTraits traits, SaveEffects effects, UpdateCounts updateCounts) {
		if (mode == StoreMode.MERGE || effects.isTenantBased() || !traits.isWritableAsRows()) {
			return MERGE;
		}
		if (mode == StoreMode.AUTO && !(traits.isOneRow() && effects.areCallbacksOnWrites())) {
			return MERGE;
		}
		boolean upsert = traits.isUpsertable() && !effects.hasCallback(CallbackType.PRE_PERSIST,
				CallbackType.POST_PERSIST, CallbackType.PRE_UPDATE, CallbackType.POST_UPDATE);
		if (upsert) {
			return UPSERT;
		}
		return (!traits.isVersioned() && updateCounts.areOfChangesOnly()) ? MERGE : INSERT_OR_UPDATE;
	}

}
