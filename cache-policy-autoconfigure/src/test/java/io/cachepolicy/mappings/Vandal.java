package io.cachepolicy.mappings;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Collection;
import java.util.Date;
import java.util.IdentityHashMap;
import java.util.Map;

import org.hibernate.Hibernate;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;

/**
 * Changes everything that can be changed in what is loaded of a graph.
 */
final class Vandal {

	private final Map<Object, Boolean> visited = new IdentityHashMap<>();

	private int changes;

	/**
	 * Spoil a graph.
	 * @param root the root of the graph
	 * @return how much was changed
	 */
	static int spoil(@Nullable Object root) {
		Vandal vandal = new Vandal();
		vandal.visit(root);
		return vandal.changes;
	}

	private void visit(@Nullable Object value) {
		if (value == null || !Hibernate.isInitialized(value)) {
			return;
		}
		Object current = Hibernate.unproxy(value);
		if (this.visited.put(current, true) != null) {
			return;
		}
		if (current instanceof Date date) {
			date.setTime(77);
			this.changes++;
		}
		else if (current instanceof Calendar calendar) {
			calendar.setTimeInMillis(77);
			this.changes++;
		}
		else if (current instanceof Map<?, ?> map) {
			visitAll(map.values());
			clear(map::clear);
		}
		else if (current instanceof Collection<?> collection) {
			visitAll(collection);
			clear(collection::clear);
		}
		else if (current.getClass().isArray()) {
			spoilArray(current);
		}
		else if (!Picture.isLeaf(current)) {
			Picture.fields(current.getClass()).forEach((field) -> spoil(current, field));
		}
	}

	private void visitAll(Collection<?> elements) {
		new ArrayList<>(elements).forEach(this::visit);
	}

	private void clear(Runnable clear) {
		try {
			clear.run();
			this.changes++;
		}
		catch (UnsupportedOperationException ex) {
			// Immutable
		}
	}

	private void spoilArray(Object array) {
		Object empty = Array.newInstance(array.getClass().getComponentType(), 1);
		for (int i = 0; i < Array.getLength(array); i++) {
			visit(Array.get(array, i));
			Array.set(array, i, Array.get(empty, 0));
			this.changes++;
		}
	}

	private void spoil(Object owner, Field field) {
		visit(ReflectionUtils.getField(field, owner));
		if (!Modifier.isFinal(field.getModifiers())) {
			Object nothing = Array.get(Array.newInstance(field.getType(), 1), 0);
			ReflectionUtils.setField(field, owner, nothing);
			this.changes++;
		}
	}

}
