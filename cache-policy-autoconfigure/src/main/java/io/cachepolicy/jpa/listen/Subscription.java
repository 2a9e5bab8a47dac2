package io.cachepolicy.jpa.listen;

import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.cachepolicy.jpa.aggregate.Reach;
import io.cachepolicy.spi.RowRelations;
import io.cachepolicy.spi.StoreListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * Who is told of the rows of an entity.
 *
 * @param store identifies the store whose own writes are not told of
 * @param persister the entity
 * @param tables the tables in which its rows are, as {@link SqlTables} names them
 * @param reach the entities that its graphs may hold
 * @param reachableTables the tables in which these are
 * @param toKey converts an id of Hibernate to a key
 * @param relations yields how the rows refer to others
 * @param listener told of the rows
 */
record Subscription(Object store, EntityPersister persister, Set<String> tables, Reach reach,
		Set<String> reachableTables, UnaryOperator<Object> toKey, Supplier<RowRelations> relations,
		StoreListener listener) {

	private static final Log logger = LogFactory.getLog(Subscription.class);

	/**
	 * Return the key of an id.
	 * @param id the id, as Hibernate has it
	 * @return the key, {@code null} if the id is none
	 */
	@Nullable Object findKey(Object id) {
		try {
			return this.toKey.apply(id);
		}
		catch (RuntimeException ex) {
			logger.debug("The id of a row is no key", ex);
			return null;
		}
	}

	boolean isMentioned(Set<String> names) {
		return this.tables.stream().anyMatch(names::contains);
	}

	boolean refersTo(Subscription other) {
		return this.relations.get().refersTo(other.relations.get());
	}

	int rank() {
		return this.relations.get().rank();
	}

	boolean isOfHierarchy(String rootEntity) {
		return this.persister.getRootEntityName().equals(rootEntity);
	}

	/**
	 * Return the key of an instance that was inserted.
	 * @param entity the instance
	 * @return the key, {@code null} if it has none yet
	 */
	@Nullable Object keyOf(Object entity) {
		Object id = (this.persister.getMappedClass().isInstance(entity)) ? this.persister.getIdentifier(entity) : null;
		return (id != null) ? this.toKey.apply(id) : null;
	}

}
