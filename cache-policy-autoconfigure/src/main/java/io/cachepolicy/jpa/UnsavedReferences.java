package io.cachepolicy.jpa;

import io.cachepolicy.cache.ValueCopier;
import org.hibernate.Hibernate;
import org.hibernate.engine.spi.CascadeStyle;
import org.hibernate.engine.spi.CascadingActions;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.EntityType;
import org.jspecify.annotations.Nullable;

/**
 * The references of instances to others that take themselves for new, but have an id: a
 * deferred write inserts their rows without a change to the instance to which others
 * refer. {@code merge} would refuse them, and so gets references by id.
 */
final class UnsavedReferences {

	private final EntityPersister persister;

	private final SessionFactoryImplementor factory;

	private final ValueCopier copier;

	UnsavedReferences(EntityPersister persister, ValueCopier copier) {
		this.persister = persister;
		this.factory = persister.getFactory();
		this.copier = copier;
	}

	/**
	 * Return an instance that can be merged.
	 * @param session the session
	 * @param value the value, which is left as it is
	 * @return the value, or a copy that refers to others by id
	 */
	Object replace(SessionImplementor session, Object value) {
		if (!Hibernate.isInitialized(value)) {
			return value;
		}
		Object current = Hibernate.unproxy(value);
		EntityPersister type = this.persister.getSubclassEntityPersister(current, this.factory);
		Object result = current;
		for (int i = 0; type.hasToOnes() && i < type.getPropertyTypes().length; i++) {
			Object reference = isPlainReference(type, i) ? findReference(session, type.getValue(current, i)) : null;
			if (reference != null) {
				result = (result == current) ? this.copier.copy(current) : result;
				type.setValue(result, i, reference);
			}
		}
		return (result != current) ? result : value;
	}

	private static boolean isPlainReference(EntityPersister type, int index) {
		CascadeStyle cascade = type.getPropertyCascadeStyles()[index];
		return type.getPropertyTypes()[index] instanceof EntityType && !cascade.doCascade(CascadingActions.MERGE)
				&& !cascade.doCascade(CascadingActions.PERSIST);
	}

	private @Nullable Object findReference(SessionImplementor session, @Nullable Object target) {
		if (target == null || !Hibernate.isInitialized(target)) {
			return null;
		}
		Object instance = Hibernate.unproxy(target);
		EntityPersister type = this.factory.getMappingMetamodel().findEntityDescriptor(instance.getClass());
		return (type != null && isUnsaved(type, instance))
				? session.getReference(type.getMappedClass(), type.getIdentifier(instance)) : null;
	}

	private static boolean isUnsaved(EntityPersister type, Object instance) {
		return type.isVersioned() && !type.getGenerator().generatesOnInsert() && type.getIdentifier(instance) != null
				&& Boolean.TRUE
					.equals(type.getVersionMapping().getUnsavedStrategy().isUnsaved(type.getVersion(instance)));
	}

}
