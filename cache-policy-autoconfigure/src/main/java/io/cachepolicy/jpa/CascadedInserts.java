package io.cachepolicy.jpa;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

import io.cachepolicy.jpa.relation.ForeignKeys;
import org.hibernate.Hibernate;
import org.hibernate.engine.spi.CascadeStyle;
import org.hibernate.engine.spi.CascadingActions;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * New instances to which an instance cascades, and whose ids are generated when they are
 * inserted. Nobody could refer to them before.
 */
final class CascadedInserts {

	private final SessionFactoryImplementor factory;

	private final boolean possible;

	CascadedInserts(ForeignKeys foreignKeys, EntityPersister persister) {
		this.factory = persister.getFactory();
		this.possible = persister.hasCascades() && foreignKeys.writtenWith(persister)
			.stream()
			.anyMatch((type) -> type.getGenerator().generatesOnInsert());
	}

	/**
	 * Return whether an instance cascades to a new one. Nothing is loaded.
	 * @param root the instance
	 * @return whether the write of it generates ids of others
	 */
	boolean areIn(Object root) {
		if (!this.possible) {
			return false;
		}
		Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		Deque<Object> open = new ArrayDeque<>();
		open.add(root);
		while (!open.isEmpty()) {
			Object entity = Hibernate.unproxy(open.remove());
			EntityPersister type = this.factory.getMappingMetamodel().findEntityDescriptor(entity.getClass());
			if (type == null || !seen.add(entity)) {
				continue;
			}
			if (entity != root && isNew(entity, type)) {
				return true;
			}
			addCascaded(entity, type, open);
		}
		return false;
	}

	private static boolean isNew(Object entity, EntityPersister type) {
		return type.getGenerator().generatesOnInsert() && Boolean.TRUE
			.equals(type.getIdentifierMapping().getUnsavedStrategy().isUnsaved(type.getIdentifier(entity)));
	}

	private static void addCascaded(Object entity, EntityPersister type, Deque<Object> open) {
		CascadeStyle[] styles = type.getPropertyCascadeStyles();
		@Nullable Object[] values = type.getValues(entity);
		for (int i = 0; i < values.length; i++) {
			Object value = values[i];
			if (value == null || !Hibernate.isInitialized(value) || !isCascaded(styles[i])) {
				continue;
			}
			if (value instanceof Collection<?> collection) {
				collection.stream().filter((element) -> isLoaded(element)).forEach(open::add);
			}
			else if (value instanceof Map<?, ?> map) {
				map.values().stream().filter((element) -> isLoaded(element)).forEach(open::add);
			}
			else {
				open.add(value);
			}
		}
	}

	private static boolean isLoaded(@Nullable Object element) {
		return element != null && Hibernate.isInitialized(element);
	}

	private static boolean isCascaded(CascadeStyle style) {
		return style.doCascade(CascadingActions.MERGE) || style.doCascade(CascadingActions.PERSIST);
	}

}
