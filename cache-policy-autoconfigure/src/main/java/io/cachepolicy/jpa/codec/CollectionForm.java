package io.cachepolicy.jpa.codec;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.hibernate.Hibernate;
import org.hibernate.collection.spi.PersistentBag;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.collection.spi.PersistentIdentifierBag;
import org.hibernate.collection.spi.PersistentList;
import org.hibernate.collection.spi.PersistentMap;
import org.hibernate.collection.spi.PersistentSet;
import org.hibernate.collection.spi.PersistentSortedMap;
import org.hibernate.collection.spi.PersistentSortedSet;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.type.CollectionType;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;

/**
 * Collections of one mapped attribute: an array of what is loaded, or an object with kind
 * and key of a collection that is not.
 */
final class CollectionForm implements Form {

	/**
	 * Begins the entries of a map.
	 */
	private static final String MAP = "m";

	/**
	 * Begins elements.
	 */
	static final String ELEMENTS = "e";

	private static final Map<String, Class<?>> UNLOADED = Stream
		.of(PersistentBag.class, PersistentIdentifierBag.class, PersistentList.class, PersistentMap.class,
				PersistentSet.class, PersistentSortedMap.class, PersistentSortedSet.class)
		.collect(Collectors.toUnmodifiableMap(Class::getSimpleName, Function.identity()));

	private final CollectionType type;

	private final SessionFactoryImplementor factory;

	private final Function<Type, Form> forms;

	private volatile @Nullable Parts parts;

	CollectionForm(CollectionType type, SessionFactoryImplementor factory, Function<Type, Form> forms) {
		this.type = type;
		this.factory = factory;
		this.forms = forms;
	}

	/**
	 * Return the forms of the parts, not before they are needed, as types may contain
	 * themselves.
	 * @return the forms
	 */
	Parts parts() {
		Parts parts = this.parts;
		if (parts == null) {
			parts = createParts();
			this.parts = parts;
		}
		return parts;
	}

	@SuppressWarnings("removal")
	private Parts createParts() {
		CollectionPersister persister = persister();
		return new Parts(persister.hasIndex() ? this.forms.apply(persister.getIndexType()) : null,
				this.forms.apply(this.type.getElementType(this.factory)), this.forms.apply(persister.getKeyType()));
	}

	@SuppressWarnings("removal")
	private CollectionPersister persister() {
		return this.factory.getMappingMetamodel().getCollectionDescriptor(this.type.getRole());
	}

	@Override
	public void write(Object value, Output output) {
		if (!Hibernate.isInitialized(value)) {
			writeUnloaded((PersistentCollection<?>) value, output);
			return;
		}
		output.startArray();
		output.scalar((value instanceof Map) ? MAP : ELEMENTS);
		if (value instanceof Map<?, ?> map) {
			Form index = Objects.requireNonNull(parts().index());
			map.forEach((key, element) -> {
				Form.write(output, key, index);
				Form.write(output, element, parts().element());
			});
		}
		else if (value instanceof Collection<?> collection) {
			collection.forEach((element) -> Form.write(output, element, parts().element()));
		}
		else {
			for (int i = 0; i < Array.getLength(value); i++) {
				Form.write(output, Array.get(value, i), parts().element());
			}
		}
		output.endArray();
	}

	private void writeUnloaded(PersistentCollection<?> collection, Output output) {
		String name = collection.getClass().getSimpleName();
		if (UNLOADED.get(name) != collection.getClass()) {
			throw new UnsupportedMappingException("A collection of %s that is not loaded can't be encoded"
				.formatted(collection.getClass().getName()));
		}
		output.startObject();
		output.name(name);
		Form.write(output, collection.getKey(), parts().key());
		output.endObject();
	}

	@Override
	public Object read(Input input, Object owner) {
		if (input.isObject()) {
			return readUnloaded(input, owner);
		}
		if (this.type.isArrayType()) {
			return readArray(input, owner);
		}
		List<@Nullable Object> elements = new ArrayList<>();
		Object collection = this.type.instantiate(0);
		if (collection instanceof Map<?, ?> map) {
			readMap(input, owner, map);
		}
		else {
			input.elements(ELEMENTS, () -> elements.add(Form.read(input, parts().element(), owner)));
			input.atLast(() -> addAll(collection, elements));
		}
		return collection;
	}

	private Object readUnloaded(Input input, Object owner) {
		PersistentCollection<?>[] collection = new PersistentCollection<?>[1];
		input.fields((name) -> {
			Class<?> type = UNLOADED.get(name);
			if (type == null) {
				throw new IllegalArgumentException("There is no collection '" + name + "'");
			}
			PersistentCollection<?> unloaded = (PersistentCollection<?>) BeanUtils.instantiateClass(type);
			unloaded.setOwner(owner);
			unloaded.setSnapshot(Form.read(input, parts().key(), owner), this.type.getRole(), null);
			collection[0] = unloaded;
		});
		return input.required(collection[0]);
	}

	@SuppressWarnings("unchecked")
	private static void addAll(Object collection, List<@Nullable Object> elements) {
		Collection<@Nullable Object> filled = (Collection<@Nullable Object>) collection;
		filled.addAll(elements);
		if (filled.size() != elements.size()) {
			throw new IllegalArgumentException("A collection has become a set, and has equal elements");
		}
	}

	@SuppressWarnings("unchecked")
	private void readMap(Input input, Object owner, Map<?, ?> map) {
		Form index = parts().index();
		if (index == null) {
			throw new IllegalStateException("A map without keys");
		}
		List<@Nullable Object> entries = new ArrayList<>();
		input.elements(MAP,
				() -> entries.add(Form.read(input, (entries.size() % 2 == 0) ? index : parts().element(), owner)));
		input.atLast(() -> {
			for (int i = 0; i < entries.size(); i += 2) {
				((Map<@Nullable Object, @Nullable Object>) map).put(entries.get(i), entries.get(i + 1));
			}
		});
	}

	private Object readArray(Input input, Object owner) {
		List<@Nullable Object> elements = new ArrayList<>();
		input.elements(ELEMENTS, () -> elements.add(Form.read(input, parts().element(), owner)));
		Object array = Array.newInstance(this.type.getReturnedClass().getComponentType(), elements.size());
		for (int i = 0; i < elements.size(); i++) {
			Array.set(array, i, elements.get(i));
		}
		return array;
	}

	/**
	 * How the parts of a collection are written.
	 *
	 * @param index that of keys of a map and positions of a list, {@code null} if there
	 * is none
	 * @param element that of elements
	 * @param key that of the key by which the collection is found
	 */
	record Parts(@Nullable Form index, Form element, Form key) {

	}

}
