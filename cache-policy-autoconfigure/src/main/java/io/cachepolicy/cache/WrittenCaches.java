package io.cachepolicy.cache;

import java.util.stream.Stream;

import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.RowRelations;
import io.cachepolicy.transaction.Transactions;

import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The caches to which the current transaction did something, and how their rows belong
 * together.
 */
final class WrittenCaches {

	private WrittenCaches() {
	}

	/**
	 * Return whether foreign keys may demand an order of the writes of a cache and of
	 * those of others.
	 * @param core the cache
	 * @return whether there are such others
	 */
	static boolean areRelatedTo(CacheCore core) {
		return all().anyMatch((other) -> other != core && isRelated(core, other));
	}

	static boolean isRelated(CacheCore core, CacheCore other) {
		RowRelations relations = relationsOf(core);
		RowRelations others = relationsOf(other);
		return relations.refersTo(others) || others.refersTo(relations);
	}

	/**
	 * Return whether rows of a cache may be written together with values of others, or of
	 * its own, which the transaction can store.
	 * @param core the cache whose rows are written
	 * @return whether one of the caches {@link #writes writes} them
	 */
	static boolean write(CacheCore core) {
		BackingStore store = core.store();
		return store != null && Transactions.canStore(store.traits().transactionManager())
				&& all().anyMatch((other) -> writes(other, core));
	}

	/**
	 * Return whether rows of others may be written together with values of a cache.
	 * @param core the cache
	 * @return whether there are such others
	 */
	static boolean areWrittenBy(CacheCore core) {
		return all().anyMatch((other) -> writes(core, other));
	}

	/**
	 * Return whether rows of a cache may be written together with values of another one.
	 * @param core the cache of the values
	 * @param other the cache of the rows, which may be the same
	 * @return whether writes cascade
	 */
	static boolean writes(CacheCore core, CacheCore other) {
		return relationsOf(core).writes(relationsOf(other));
	}

	private static RowRelations relationsOf(CacheCore core) {
		BackingStore store = core.store();
		return (store != null) ? store.traits().relations() : RowRelations.NONE;
	}

	private static Stream<CacheCore> all() {
		return TransactionSynchronizationManager.getResourceMap()
			.keySet()
			.stream()
			.filter(CacheCore.class::isInstance)
			.map(CacheCore.class::cast);
	}

}
