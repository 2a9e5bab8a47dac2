package io.cachepolicy.jpa.copy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;
import org.jspecify.annotations.Nullable;

/**
 * One traversal of an entity graph, from one root.
 * <p>
 * Instances are created when they are first met, and filled later, one after the other:
 * cycles end, and a long chain of entities needs no deep stack. Collections are filled
 * last, when all the state is there that {@code hashCode} and {@code compareTo} of their
 * elements may depend on.
 */
final class GraphCopy implements Graph {

	private final Function<Class<?>, @Nullable EntityPlan> plans;

	private final Map<Object, Object> copies = new IdentityHashMap<>();

	private final Deque<Runnable> states = new ArrayDeque<>();

	private final List<Runnable> contents = new ArrayList<>();

	GraphCopy(Function<Class<?>, @Nullable EntityPlan> plans) {
		this.plans = plans;
	}

	/**
	 * Return the complete copy of the root of the graph.
	 * @param root the root
	 * @return the copy
	 */
	Object copy(Object root) {
		Object copy = reference(root);
		while (!this.states.isEmpty()) {
			this.states.remove().run();
		}
		this.contents.forEach(Runnable::run);
		return copy;
	}

	@Override
	public Object reference(Object entity) {
		Object copy = this.copies.get(entity);
		return (copy != null) ? copy : newReference(entity);
	}

	private Object newReference(Object entity) {
		LazyInitializer proxy = HibernateProxy.extractLazyInitializer(entity);
		if (proxy == null) {
			EntityPlan plan = this.plans.apply(entity.getClass());
			return (plan != null) ? plan.copy(entity, this) : entity;
		}
		if (proxy.isUninitialized()) {
			EntityPlan plan = this.plans.apply(proxy.getPersistentClass());
			return (plan != null) ? plan.copyProxy(entity, proxy.getInternalIdentifier(), this) : entity;
		}
		return reference(proxy.getImplementation());
	}

	@Override
	public void register(Object entity, Object copy) {
		this.copies.put(entity, copy);
	}

	@Override
	public void later(Runnable state) {
		this.states.add(state);
	}

	@Override
	public void atLast(Runnable content) {
		this.contents.add(content);
	}

}
