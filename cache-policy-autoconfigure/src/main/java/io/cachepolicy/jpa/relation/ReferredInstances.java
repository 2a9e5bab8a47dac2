package io.cachepolicy.jpa.relation;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;

import org.hibernate.Hibernate;

/**
 * One search for the loaded instances to which an instance refers, and those that are
 * written with it. Nothing is loaded.
 */
final class ReferredInstances implements Association.Visitor<Object> {

	private final RowMappings mappings;

	private final Set<Object> written = Collections.newSetFromMap(new IdentityHashMap<>());

	private final Set<Object> found = Collections.newSetFromMap(new IdentityHashMap<>());

	private final Deque<Object> open = new ArrayDeque<>();

	ReferredInstances(RowMappings mappings) {
		this.mappings = mappings;
	}

	/**
	 * Return the instances to which an instance refers.
	 * @param entity the instance
	 * @return the instances, without those that are written with it
	 */
	Set<Object> of(Object entity) {
		entity(entity, false, true);
		while (!this.open.isEmpty()) {
			Object instance = this.open.remove();
			EntityAssociations associations = this.mappings.findAssociations(instance);
			if (associations != null) {
				associations.visit(instance, this);
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
