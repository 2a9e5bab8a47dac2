package io.cachepolicy.jpa;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.cachepolicy.spi.RowReference;
import io.cachepolicy.spi.RowRelations;
import org.jspecify.annotations.Nullable;

/**
 * The order in which the rows of a batch are written: by id, so that transactions which
 * write the same rows wait for each other instead of ending in a deadlock, but what is
 * referred to before what refers to it. Rows that refer to each other in a circle come as
 * their ids do.
 */
final class BatchOrder {

	private final EntityKeys keys;

	private final RowRelations relations;

	private final boolean selfReferring;

	BatchOrder(EntityKeys keys, RowRelations relations) {
		this.keys = keys;
		this.relations = relations;
		this.selfReferring = relations.refersTo(relations);
	}

	/**
	 * Return whether rows may refer to others of the same kind.
	 * @return {@code false} if the order is that of ids
	 */
	boolean isSelfReferring() {
		return this.selfReferring;
	}

	List<Object> ofIds(Collection<?> ids) {
		return this.keys.inOrder(ids);
	}

	/**
	 * Put entities into the order in which they are inserted and updated.
	 * @param entities the entities by id
	 * @return the same, in order
	 */
	Map<Object, Object> parentsFirst(Map<Object, Object> entities) {
		List<Object> ids = this.keys.inOrder(entities.keySet());
		Map<Object, Object> ordered = new LinkedHashMap<>();
		(this.selfReferring ? sort(ids, entities) : ids).forEach((id) -> ordered.put(id, entities.get(id)));
		return ordered;
	}

	/**
	 * Put entities into the order in which they are deleted.
	 * @param entities the entities by id
	 * @return the entities in order
	 */
	List<Object> childrenFirst(Map<Object, Object> entities) {
		List<Object> ordered = new ArrayList<>(parentsFirst(entities).values());
		if (this.selfReferring) {
			Collections.reverse(ordered);
		}
		return ordered;
	}

	private Collection<Object> sort(List<Object> ids, Map<Object, Object> entities) {
		Set<Object> sorted = new LinkedHashSet<>();
		Set<Object> started = new HashSet<>();
		Deque<Object> path = new ArrayDeque<>();
		for (Object id : ids) {
			path.push(id);
			while (!path.isEmpty()) {
				Object current = path.element();
				if (started.add(current)) {
					parents(current, entities).stream()
						.filter((parent) -> !started.contains(parent))
						.forEach(path::push);
				}
				else {
					sorted.add(path.pop());
				}
			}
		}
		return sorted;
	}

	private List<Object> parents(Object id, Map<Object, Object> entities) {
		@Nullable Object entity = entities.get(id);
		return (entity != null) ? this.relations.references(entity)
			.stream()
			.filter((row) -> row.rows().equals(this.relations.rows()))
			.map(RowReference::key)
			.filter(entities::containsKey)
			.toList() : List.of();
	}

}
