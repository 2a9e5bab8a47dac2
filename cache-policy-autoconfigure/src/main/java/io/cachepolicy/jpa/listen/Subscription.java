package io.cachepolicy.jpa.listen;

import java.util.Set;
import java.util.function.UnaryOperator;

import io.cachepolicy.spi.StoreListener;
import org.hibernate.persister.entity.EntityPersister;

/**
 * Who is told of the rows of an entity.
 *
 * @param store identifies the store whose own writes are not told of
 * @param persister the entity
 * @param tables the tables in which its rows are, as {@link SqlTables} names them
 * @param toKey converts an id of Hibernate to a key
 * @param listener told of the rows
 */
record Subscription(Object store, EntityPersister persister, Set<String> tables, UnaryOperator<Object> toKey,
		StoreListener listener) {

	boolean isOfHierarchy(String rootEntity) {
		return this.persister.getRootEntityName().equals(rootEntity);
	}

}
