package io.cachepolicy.jpa.listen;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.spi.AbstractCollectionEvent;
import org.hibernate.metamodel.spi.MappingMetamodelImplementor;
import org.hibernate.persister.collection.CollectionPersister;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;

/**
 * Which collections an event of Hibernate is about.
 */
final class ChangedCollections {

	/**
	 * Events name their collection from Hibernate 7.4 on.
	 */
	private static final @Nullable Method PERSISTER = ReflectionUtils.findMethod(AbstractCollectionEvent.class,
			"getCollectionPersister");

	private ChangedCollections() {
	}

	/**
	 * Return the collections that an event may be about.
	 * @param event the event
	 * @param session the session that changed rows
	 * @return one, or all of the owner where the event does not tell: a collection that
	 * is removed without having been loaded, before Hibernate 7.4
	 */
	static List<CollectionPersister> of(AbstractCollectionEvent event, SharedSessionContractImplementor session) {
		if (PERSISTER != null) {
			return (ReflectionUtils.invokeMethod(PERSISTER, event) instanceof CollectionPersister collection)
					? List.of(collection) : List.of();
		}
		MappingMetamodelImplementor metamodel = session.getFactory().getMappingMetamodel();
		PersistentCollection<?> content = event.getCollection();
		String role = (content != null) ? content.getRole() : null;
		if (role != null) {
			return List.of(metamodel.getCollectionDescriptor(role));
		}
		List<CollectionPersister> all = new ArrayList<>();
		metamodel.forEachCollectionDescriptor((collection) -> {
			if (collection.getOwnerEntityPersister().getEntityName().equals(event.getAffectedOwnerEntityName())) {
				all.add(collection);
			}
		});
		return all;
	}

}
