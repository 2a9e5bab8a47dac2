package io.cachepolicy.jpa;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.cachepolicy.jpa.relation.ForeignKeys;
import io.cachepolicy.spi.ValueCopier;
import org.hibernate.Hibernate;
import org.hibernate.engine.internal.Versioning;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * The references of instances to others that take themselves for new, but have an id: a
 * deferred write inserts their rows without a change to the instance to which others
 * refer. {@code merge} would refuse them, and so meets copies that have a version. It is
 * not written, as merging does not cascade to them.
 */
final class UnsavedReferences {

	private final ForeignKeys foreignKeys;

	private final SessionFactoryImplementor factory;

	private final ValueCopier copier;

	private final boolean possible;

	UnsavedReferences(ForeignKeys foreignKeys, EntityPersister persister, ValueCopier copier) {
		this.foreignKeys = foreignKeys;
		this.factory = persister.getFactory();
		this.copier = copier;
		this.possible = foreignKeys.hasAssociations(persister);
	}

	/**
	 * Return instances that can be merged.
	 * @param session the session
	 * @param entries the instances by id, which are left as they are
	 * @return the instances, or copies if they refer to others that take themselves for
	 * new, in the same order
	 */
	Map<Object, Object> replaceAll(SessionImplementor session, Map<Object, Object> entries) {
		if (!this.possible) {
			return entries;
		}
		Map<Object, Object> mergeable = new LinkedHashMap<>(entries);
		mergeable.replaceAll((id, value) -> replace(session, value));
		return mergeable;
	}

	private Object replace(SessionImplementor session, Object value) {
		if (!Hibernate.isInitialized(value) || find(value).isEmpty()) {
			return value;
		}
		Object copy = this.copier.copy(value);
		find(copy).forEach((instance) -> markStored(session, instance));
		return copy;
	}

	private List<Object> find(Object value) {
		return this.foreignKeys.findReferred(value).stream().filter(this::isUnsaved).toList();
	}

	private boolean isUnsaved(Object instance) {
		EntityPersister type = findType(instance);
		return type != null && type.isVersioned() && !type.getGenerator().generatesOnInsert()
				&& type.getIdentifier(instance) != null && Boolean.TRUE
					.equals(type.getVersionMapping().getUnsavedStrategy().isUnsaved(type.getVersion(instance)));
	}

	private void markStored(SessionImplementor session, Object instance) {
		EntityPersister type = findType(instance);
		if (type != null) {
			type.setValue(instance, type.getVersionPropertyIndex(), Versioning.seed(type.getVersionMapping(), session));
		}
	}

	private @Nullable EntityPersister findType(Object instance) {
		return this.factory.getMappingMetamodel().findEntityDescriptor(instance.getClass());
	}

}
