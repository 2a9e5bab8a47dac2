package io.cachepolicy.mappings;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.temporal.TemporalAmount;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Collection;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

import jakarta.persistence.CollectionTable;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.Transient;
import jakarta.persistence.Version;
import org.hibernate.Hibernate;
import org.hibernate.annotations.CreationTimestamp;
import org.hibernate.annotations.CurrentTimestamp;
import org.hibernate.annotations.ManyToAny;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.UpdateTimestamp;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.util.ReflectionUtils;

/**
 * What there is to see of a graph: its values by path.
 * <p>
 * What is not loaded is shown as such. Values that are never the same twice, such as ids,
 * are left out of the {@link #shape()}.
 */
final class Picture {

	private static final String LAZY = "<lazy>";

	private final Map<String, String> values = new TreeMap<>();

	private final Map<String, String> shape = new TreeMap<>();

	private final boolean load;

	private final List<Object> ancestors = new ArrayList<>();

	private Picture(boolean load) {
		this.load = load;
	}

	/**
	 * Take a picture of what is loaded.
	 * @param root the root of the graph
	 * @return the picture
	 */
	static Picture of(@Nullable Object root) {
		return of(root, false);
	}

	/**
	 * Load all of a graph and take a picture.
	 * @param root the root of the graph
	 * @return the picture
	 */
	static Picture ofAll(@Nullable Object root) {
		return of(root, true);
	}

	private static Picture of(@Nullable Object root, boolean load) {
		Picture picture = new Picture(load);
		picture.add("", root, false, false);
		return picture;
	}

	Map<String, String> values() {
		return this.values;
	}

	Map<String, String> shape() {
		return this.shape;
	}

	/**
	 * Return what is not loaded.
	 * @return the paths
	 */
	Set<String> lazy() {
		Set<String> paths = new TreeSet<>(this.values.keySet());
		paths.removeIf((path) -> !LAZY.equals(this.values.get(path)));
		return paths;
	}

	/**
	 * Compare what is loaded with another picture.
	 * @param other the picture of everything
	 * @return the paths whose values are different
	 */
	Set<String> differencesTo(Picture other) {
		Set<String> paths = new TreeSet<>(this.values.keySet());
		paths.removeIf(
				(path) -> LAZY.equals(this.values.get(path)) || this.values.get(path).equals(other.values.get(path)));
		return paths;
	}

	private void add(String path, @Nullable Object value, boolean masked, boolean ordered) {
		if (!this.load && !Hibernate.isInitialized(value)) {
			put(path, LAZY, false);
			return;
		}
		Object current = Hibernate.unproxy(value);
		if (current == null || isLeaf(current)) {
			put(path, text(current), masked);
		}
		else if (this.ancestors.stream().anyMatch((ancestor) -> ancestor == current)) {
			put(path, "<ancestor>", false);
		}
		else {
			this.ancestors.add(current);
			addParts(path, current, masked, ordered);
			this.ancestors.remove(this.ancestors.size() - 1);
		}
	}

	private void put(String path, String text, boolean masked) {
		this.values.put(path, text);
		this.shape.put(path, masked ? "*" : text);
	}

	private void addParts(String path, Object value, boolean masked, boolean ordered) {
		if (value instanceof Map<?, ?> map) {
			put(path, "size " + map.size(), false);
			map.forEach((key, element) -> add(path + "[" + key + "]", element, masked, false));
		}
		else if (value instanceof Collection<?> collection) {
			addElements(path, ordered ? List.copyOf(collection) : sorted(collection), masked);
		}
		else if (value.getClass().isArray()) {
			addElements(path, elements(value), masked);
		}
		else {
			put(path, value.getClass().getSimpleName(), false);
			fields(value.getClass()).forEach((field) -> add(path + "." + field.getName(),
					ReflectionUtils.getField(field, value), masked || isUnique(field), isOrdered(field)));
		}
	}

	private void addElements(String path, List<?> elements, boolean masked) {
		put(path, "size " + elements.size(), false);
		for (int i = 0; i < elements.size(); i++) {
			add(path + "[" + i + "]", elements.get(i), masked, true);
		}
	}

	private static List<Object> elements(Object array) {
		List<Object> elements = new ArrayList<>();
		for (int i = 0; i < Array.getLength(array); i++) {
			elements.add(Array.get(array, i));
		}
		return elements;
	}

	private List<?> sorted(Collection<?> collection) {
		Comparator<Object> comparator = Comparator.comparing((element) -> {
			Picture picture = new Picture(this.load);
			picture.ancestors.addAll(this.ancestors);
			picture.add("", element, false, false);
			return picture.shape + " " + picture.values;
		});
		return collection.stream().sorted(comparator).toList();
	}

	static List<Field> fields(Class<?> type) {
		List<Field> fields = new ArrayList<>();
		ReflectionUtils.doWithFields(type, fields::add, Picture::isState);
		fields.forEach(ReflectionUtils::makeAccessible);
		return fields;
	}

	private static boolean isState(Field field) {
		return !Modifier.isStatic(field.getModifiers()) && !field.isAnnotationPresent(Transient.class)
				&& !field.isSynthetic() && !field.getName().startsWith("$$_hibernate");
	}

	private static boolean isUnique(Field field) {
		return Stream
			.of(Id.class, EmbeddedId.class, NaturalId.class, CreationTimestamp.class, UpdateTimestamp.class,
					CurrentTimestamp.class)
			.anyMatch(field::isAnnotationPresent) || field.getName().equals("id")
				|| (field.isAnnotationPresent(Version.class) && !isNumber(field.getType()));
	}

	private static boolean isNumber(Class<?> type) {
		return type.isPrimitive() || Number.class.isAssignableFrom(type);
	}

	/**
	 * Return whether the order of elements is part of the value.
	 * @param field the field
	 * @return {@code false} for a bag, whose order is any
	 */
	private static boolean isOrdered(Field field) {
		return List.class.isAssignableFrom(field.getType()) && (field.isAnnotationPresent(OrderColumn.class) || Stream
			.of(ElementCollection.class, CollectionTable.class, OneToMany.class, ManyToMany.class, ManyToAny.class)
			.noneMatch(field::isAnnotationPresent));
	}

	static boolean isLeaf(Object value) {
		return BeanUtils.isSimpleValueType(value.getClass()) || value instanceof Calendar
				|| value instanceof TemporalAmount;
	}

	private static String text(@Nullable Object value) {
		if (value instanceof Date date) {
			return "time " + date.getTime();
		}
		return (value instanceof Calendar calendar) ? "time " + calendar.getTimeInMillis() : String.valueOf(value);
	}

}
