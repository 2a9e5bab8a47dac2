package io.cachepolicy.spi;

import java.util.Collection;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a store knows of the versions of its rows, as far as deferred writes led them.
 */
public interface StoreVersions {

	/**
	 * The versions of a store without any.
	 */
	StoreVersions NONE = new StoreVersions() {
	};

	/**
	 * Return a value that can be written over what the store holds now, whoever wrote it.
	 * @param key the key
	 * @param value the value, left as it is
	 * @return the value, or a copy with the version that the row has now
	 */
	default Object rebase(Object key, Object value) {
		return value;
	}

	/**
	 * Return through which versions deferred writes led a row.
	 * @param key the key
	 * @return the lineage, {@code null} if there is none
	 */
	default @Nullable Lineage export(Object key) {
		return null;
	}

	/**
	 * Take over the lineage of a row, of which nothing is known yet, from an earlier life
	 * of this store.
	 * @param key the key
	 * @param lineage what was {@link #export exported}
	 */
	default void seed(Object key, Lineage lineage) {
	}

	/**
	 * Note writes that may already be in the store without anybody knowing: they were
	 * pending when the process died. A row that holds such a value, with the version that
	 * storing it makes, is taken for the own work of this store and not for a conflict.
	 * @param values the values by key
	 */
	default void unanswered(Map<Object, Object> values) {
	}

	/**
	 * Forget through which versions deferred writes led rows: their entries were dropped,
	 * so that few still hold an instance of before.
	 * @param kept the keys of pending writes, whose rows are not forgotten
	 */
	default void forgetAllBut(Collection<Object> kept) {
	}

	/**
	 * Forget through which versions deferred writes led a row, as its entry has expired.
	 * @param key the key
	 */
	default void forget(Object key) {
	}

	/**
	 * The versions through which deferred writes led one row.
	 *
	 * @param base the first version that was met, {@code null} if the row was inserted
	 * @param current the last version, {@code null} if the entity has none
	 * @param former the last version that was met before the row was deleted and inserted
	 * again, {@code null} if it was not
	 * @param saved the last version that a write made which was not deferred,
	 * {@code null} if there was none
	 * @param gone whether the row was deleted
	 */
	record Lineage(@Nullable Object base, @Nullable Object current, @Nullable Object former, @Nullable Object saved,
			boolean gone) {

	}

}
