package io.cachepolicy.jpa;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.cachepolicy.cache.ValueCopier;
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
		this.possible = foreignKeys.hasAssociations(persister.getRootEntityName());
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
		return new Search().from(value).stream().filter(this::isUnsaved).toList();
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

	/**
	 * One search for the loaded instances to which an instance, and those that are
	 * written with it, refer.
	 */
	private final class Search implements Association.Visitor<Object> {

		private final Set<Object> written = Collections.newSetFromMap(new IdentityHashMap<>());

		private final Set<Object> found = Collections.newSetFromMap(new IdentityHashMap<>());

		private final Deque<Object> open = new ArrayDeque<>();

		/**
		 * Search.
		 * @param root the instance
		 * @return the instances, without those that are written with it
		 */
		Set<Object> from(Object root) {
			entity(root, false, true);
			while (!this.open.isEmpty()) {
				Object entity = this.open.remove();
				EntityAssociations associations = UnsavedReferences.this.foreignKeys.findAssociations(entity);
				if (associations != null) {
					associations.visit(entity, this);
				}
			}
			this.found.removeAll(this.written);
			return this.found;
		}

		@Override
		public void entity(Object entity, boolean refers, boolean cascades) {
			if (Hibernate.isInitialized(entity)) {
				Object instance = Hibernate.unproxy(entity);
				this.found.add(instance);
				if (cascades && this.written.add(instance)) {
					this.open.add(instance);
				}
			}
		}

	}

}
