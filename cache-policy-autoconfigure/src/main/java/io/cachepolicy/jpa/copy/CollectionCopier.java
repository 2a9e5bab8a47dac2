package io.cachepolicy.jpa.copy;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.hibernate.Hibernate;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.type.CollectionType;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;

/**
 * Copies the collections of one mapped attribute.
 * <p>
 * The copy of a loaded collection is a plain one and not a persistent one, whose snapshot
 * {@code merge} would trust: the snapshot of a cached value may be older than the rows.
 */
final class CollectionCopier implements AttributeCopier {

	private final CollectionType type;

	private final SessionFactoryImplementor factory;

	private final Function<Type, AttributeCopier> copiers;

	private volatile @Nullable Parts parts;

	/**
	 * Create a copier.
	 * @param type the type of the collection
	 * @param factory the factory to which it belongs
	 * @param copiers yields the copier of a type, not asked before the first copy, as
	 * types may contain themselves
	 */
	CollectionCopier(CollectionType type, SessionFactoryImplementor factory, Function<Type, AttributeCopier> copiers) {
		this.type = type;
		this.factory = factory;
		this.copiers = copiers;
	}

	@Override
	public Object copy(Object value, Object owner, Graph graph) {
		if (!Hibernate.isInitialized(value)) {
			return copyUninitialized((PersistentCollection<?>) value, owner);
		}
		if (value instanceof Map<?, ?> map) {
			return copyMap(map, owner, graph);
		}
		if (value instanceof Collection<?> collection) {
			return copyCollection(collection, owner, graph);
		}
		return value.getClass().isArray() ? copyArray(value, owner, graph) : value;
	}

	private Object copyUninitialized(PersistentCollection<?> collection, Object owner) {
		PersistentCollection<?> copy = BeanUtils.instantiateClass(collection.getClass());
		copy.setOwner(owner);
		copy.setSnapshot(collection.getKey(), collection.getRole(), null);
		return copy;
	}

	@SuppressWarnings("unchecked")
	private Object copyMap(Map<?, ?> map, Object owner, Graph graph) {
		Map<Object, Object> copy = (Map<Object, Object>) this.type.instantiate(map.size());
		List<@Nullable Object> entries = new ArrayList<>(2 * map.size());
		map.forEach((index, element) -> {
			entries.add(getParts().index().copyIfLoaded(index, owner, graph));
			entries.add(getParts().element().copyIfLoaded(element, owner, graph));
		});
		graph.atLast(() -> {
			for (int i = 0; i < entries.size(); i += 2) {
				copy.put(entries.get(i), entries.get(i + 1));
			}
		});
		return copy;
	}

	@SuppressWarnings("unchecked")
	private Object copyCollection(Collection<?> collection, Object owner, Graph graph) {
		Collection<Object> copy = (Collection<Object>) this.type.instantiate(collection.size());
		List<@Nullable Object> elements = new ArrayList<>(collection.size());
		collection.forEach((element) -> elements.add(getParts().element().copyIfLoaded(element, owner, graph)));
		graph.atLast(() -> copy.addAll(elements));
		return copy;
	}

	private Object copyArray(Object array, Object owner, Graph graph) {
		int length = Array.getLength(array);
		Object copy = Array.newInstance(array.getClass().getComponentType(), length);
		for (int i = 0; i < length; i++) {
			Array.set(copy, i, getParts().element().copyIfLoaded(Array.get(array, i), owner, graph));
		}
		return copy;
	}

	private Parts getParts() {
		Parts parts = this.parts;
		if (parts == null) {
			parts = createParts();
			this.parts = parts;
		}
		return parts;
	}

	@SuppressWarnings("removal")
	private Parts createParts() {
		CollectionPersister persister = this.factory.getMappingMetamodel().getCollectionDescriptor(this.type.getRole());
		AttributeCopier index = persister.hasIndex() ? this.copiers.apply(persister.getIndexType()) : SHARED;
		return new Parts(index, this.copiers.apply(this.type.getElementType(this.factory)));
	}

	/**
	 * How the parts of a collection are copied.
	 */
	private record Parts(AttributeCopier index, AttributeCopier element) {

	}

}
