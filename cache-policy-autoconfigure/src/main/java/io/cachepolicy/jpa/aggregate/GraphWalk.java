package io.cachepolicy.jpa.aggregate;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;

import org.hibernate.Hibernate;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * One walk through the loaded graph of an entity. Instances are visited once, one after
 * the other, so that circles end and a long chain needs no deep stack.
 */
final class GraphWalk implements Walk {

	private final Function<Class<?>, @Nullable EntityLinks> links;

	private final Set<Object> visited = Collections.newSetFromMap(new IdentityHashMap<>());

	private final Deque<Object> open = new ArrayDeque<>();

	private final Set<Object> parts = new LinkedHashSet<>();

	GraphWalk(Function<Class<?>, @Nullable EntityLinks> links) {
		this.links = links;
	}

	/**
	 * Return what the graph of an instance holds, besides its own row.
	 * @param root the instance
	 * @return the parts
	 */
	Collection<Object> from(Object root) {
		this.visited.add(root);
		this.open.add(root);
		while (!this.open.isEmpty()) {
			Object entity = this.open.remove();
			EntityLinks links = this.links.apply(entity.getClass());
			if (links != null) {
				if (entity != root) {
					add(links.persister().getRootEntityName(), links.persister().getIdentifier(entity),
							links.persister().getIdentifierType());
				}
				links.follow(entity, this);
			}
		}
		return this.parts;
	}

	@Override
	public void instance(Object reference) {
		Object entity = Hibernate.unproxy(reference);
		if (this.visited.add(entity)) {
			this.open.add(entity);
		}
	}

	@Override
	public void role(String role, Object owner, @Nullable String property) {
		EntityLinks links = this.links.apply(owner.getClass());
		if (links != null) {
			EntityPersister persister = links.persister();
			if (property == null) {
				add(role, persister.getIdentifier(owner), persister.getIdentifierType());
			}
			else {
				add(role, persister.getPropertyValue(owner, property), Mapping.typeOf(persister, property));
			}
		}
	}

	private void add(String name, @Nullable Object id, Type type) {
		if (id != null) {
			this.parts.add(new Part(name, id, type));
		}
	}

}
