package io.cachepolicy.jpa.aggregate;

import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of Hibernate's mappings.
 */
final class Mapping {

	private Mapping() {
	}

	/**
	 * Return whether an entity is another one, or inherits from it.
	 * @param persister the entity
	 * @param ancestor the other one
	 * @return whether all instances of the entity are ones of the other
	 */
	static boolean isA(EntityPersister persister, EntityPersister ancestor) {
		return persister == ancestor || ancestor.isSubclassEntityName(persister.getEntityName());
	}

	static boolean hasAttribute(EntityPersister persister, String attribute) {
		for (String name : persister.getPropertyNames()) {
			if (name.equals(attribute)) {
				return true;
			}
		}
		return false;
	}

	@SuppressWarnings("removal")
	static Type typeOf(EntityPersister persister, String attribute) {
		return persister.getPropertyType(attribute);
	}

	static boolean containsEntities(CollectionPersister collection) {
		return collection.isOneToMany() || collection.isManyToMany();
	}

	/**
	 * Return to what the rows of a collection refer.
	 * @param collection the collection
	 * @return an attribute of the owner, {@code null} for its id
	 */
	@SuppressWarnings("removal")
	static @Nullable String keyOf(CollectionPersister collection) {
		return collection.getCollectionType().getLHSPropertyName();
	}

}
