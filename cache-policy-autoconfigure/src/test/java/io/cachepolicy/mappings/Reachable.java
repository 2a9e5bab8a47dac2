package io.cachepolicy.mappings;

import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

import org.hibernate.Hibernate;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;

/**
 * Everything of a graph that can be reached without loading it.
 */
final class Reachable {

	private final Map<Object, Boolean> visited = new IdentityHashMap<>();

	static List<Object> from(@Nullable Object root) {
		Reachable reachable = new Reachable();
		reachable.visit(root);
		return List.copyOf(reachable.visited.keySet());
	}

	private void visit(@Nullable Object value) {
		if (value == null || Picture.isLeaf(value) || this.visited.put(value, true) != null
				|| !Hibernate.isInitialized(value)) {
			return;
		}
		if (value instanceof Map<?, ?> map) {
			map.keySet().forEach(this::visit);
			map.values().forEach(this::visit);
		}
		else if (value instanceof Collection<?> collection) {
			collection.forEach(this::visit);
		}
		else if (!value.getClass().isArray()) {
			Picture.fields(value.getClass()).forEach((field) -> visit(ReflectionUtils.getField(field, value)));
		}
	}

}
