package io.cachepolicy.jpa.relation;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Set;

import io.cachepolicy.spi.RowReference;
import org.hibernate.Hibernate;
import org.jspecify.annotations.Nullable;

/**
 * One search for the rows to which an instance refers, and those that are written with
 * it. Nothing is loaded.
 */
final class ReferredRows implements Association.Visitor<Object> {

	private final RowMappings mappings;

	private final Set<RowReference> found = new LinkedHashSet<>();

	private final Set<RowReference> written = new HashSet<>();

	private final Set<Object> visited = Collections.newSetFromMap(new IdentityHashMap<>());

	private final Deque<Object> open = new ArrayDeque<>();

	ReferredRows(RowMappings mappings) {
		this.mappings = mappings;
	}

	/**
	 * Return the rows that have to exist before an instance is written.
	 * @param entity the instance
	 * @return the rows, without those that are written with it
	 */
	Collection<RowReference> of(Object entity) {
		addIfLoaded(entity);
		while (!this.open.isEmpty()) {
			visit(this.open.remove());
		}
		this.found.removeAll(this.written);
		return this.found;
	}

	private void addIfLoaded(Object entity) {
		if (Hibernate.isInitialized(entity)) {
			this.open.add(Hibernate.unproxy(entity));
		}
	}

	private void visit(Object entity) {
		EntityAssociations associations = this.mappings.findAssociations(entity);
		if (associations != null && this.visited.add(entity)) {
			add(this.written, this.mappings.findRow(entity));
			associations.visit(entity, this);
		}
	}

	@Override
	public void entity(Object entity, boolean refers, boolean cascades) {
		if (refers) {
			add(this.found, this.mappings.findRow(entity));
		}
		if (cascades) {
			addIfLoaded(entity);
		}
	}

	private static void add(Set<RowReference> rows, @Nullable RowReference row) {
		if (row != null) {
			rows.add(row);
		}
	}

}
