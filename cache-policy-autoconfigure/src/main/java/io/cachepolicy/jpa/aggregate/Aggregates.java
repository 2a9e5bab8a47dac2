package io.cachepolicy.jpa.aggregate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * What the entities of one factory hold of other rows, and what a change of a row
 * changes. Thread-safe.
 * <p>
 * A graph consists of rows, one per instance that is loaded, and of associations whose
 * foreign keys are in other rows, which tell what belongs to a loaded collection. A row
 * that joins or leaves such an association changes it, whichever side is written.
 */
public final class Aggregates {

	private final SessionFactoryImplementor factory;

	private final Map<Class<?>, Optional<EntityLinks>> links = new ConcurrentHashMap<>();

	private final Map<EntityPersister, RowRoles> roles = new ConcurrentHashMap<>();

	private final Map<CollectionPersister, List<CollectionPersister>> mirrors = new ConcurrentHashMap<>();

	private final Map<EntityPersister, Reach> reaches = new ConcurrentHashMap<>();

	private final PartTables tables;

	private final PartTypes types;

	/**
	 * Create an instance.
	 * @param factory the factory
	 */
	public Aggregates(SessionFactoryImplementor factory) {
		this.factory = factory;
		this.tables = new PartTables(factory);
		this.types = new PartTypes(factory);
	}

	/**
	 * Return which entities the graphs of an entity may hold.
	 * @param persister the entity
	 * @return what is within its reach
	 */
	public Reach reachOf(EntityPersister persister) {
		return this.reaches.computeIfAbsent(persister, (root) -> Reach.of(root, this.tables, this.factory));
	}

	/**
	 * Return the parts of the loaded graph of a value, besides its own row.
	 * @param value the value
	 * @return the parts, none if the value is no entity
	 */
	public Collection<Object> partsOf(Object value) {
		LazyInitializer proxy = HibernateProxy.extractLazyInitializer(value);
		if (proxy != null) {
			return (proxy.isUninitialized()) ? List.of() : partsOf(proxy.getImplementation());
		}
		EntityLinks links = linksOf(value.getClass());
		return (links != null && links.isLoaded(value)) ? new GraphWalk(this::linksOf).from(value) : List.of();
	}

	private @Nullable EntityLinks linksOf(Class<?> type) {
		Optional<EntityLinks> known = this.links.get(type);
		return ((known != null) ? known : addLinks(type)).orElse(null);
	}

	private Optional<EntityLinks> addLinks(Class<?> type) {
		Optional<EntityLinks> found = Optional.ofNullable(this.factory.getMappingMetamodel().findEntityDescriptor(type))
			.map(EntityLinks::new);
		this.links.put(type, found);
		return found;
	}

	/**
	 * Return a row.
	 * @param persister its entity
	 * @param id its id
	 * @return the part
	 */
	public static Part row(EntityPersister persister, Object id) {
		return new Part(persister.getRootEntityName(), id, persister.getIdentifierType());
	}

	/**
	 * Show what an inserted, updated or deleted row changes.
	 * @param persister the entity
	 * @param id the id
	 * @param entity the instance as it was written, if there is one
	 * @param withCollections whether nobody tells of the collections of the row
	 * @param visitor is shown the parts
	 */
	public void visitRow(EntityPersister persister, Object id, @Nullable Object entity, boolean withCollections,
			PartVisitor visitor) {
		visitor.part(row(persister, id));
		rolesOf(persister).visit(entity, id, visitor);
		if (withCollections) {
			forEachCollection((collection) -> {
				if (!collection.isInverse() && Mapping.containsEntities(collection)
						&& Mapping.isA(persister, collection.getOwnerEntityPersister())) {
					visitor.anyOf(collection.getRole());
					mirrorsOf(collection).forEach((mirror) -> visitor.anyOf(mirror.getRole()));
				}
			});
		}
	}

	private RowRoles rolesOf(EntityPersister persister) {
		return this.roles.computeIfAbsent(persister, (row) -> new RowRoles(row, this.factory));
	}

	/**
	 * Show what a change of the rows of a collection changes.
	 * @param persister the collection
	 * @param ownerId the id of its owner
	 * @param collection the collection as it was written, if there is one
	 * @param visitor is shown the parts
	 */
	public void visitCollection(CollectionPersister persister, Object ownerId,
			@Nullable PersistentCollection<?> collection, PartVisitor visitor) {
		EntityPersister owner = persister.getOwnerEntityPersister();
		visitor.part(row(owner, ownerId));
		if (!Mapping.containsEntities(persister)) {
			return;
		}
		if (Mapping.keyOf(persister) == null) {
			visitor.part(new Part(persister.getRole(), ownerId, owner.getIdentifierType()));
		}
		else {
			visitor.anyOf(persister.getRole());
		}
		for (CollectionPersister mirror : mirrorsOf(persister)) {
			Collection<?> elements = elementsOf(collection);
			if (elements == null || Mapping.keyOf(mirror) != null) {
				visitor.anyOf(mirror.getRole());
				continue;
			}
			EntityPersister element = mirror.getOwnerEntityPersister();
			for (Object reference : elements) {
				Object id = (reference != null) ? RowRoles.idOf(reference, element) : null;
				if (id != null) {
					visitor.part(new Part(mirror.getRole(), id, element.getIdentifierType()));
				}
			}
		}
	}

	private static @Nullable Collection<?> elementsOf(@Nullable PersistentCollection<?> collection) {
		if (collection == null || !collection.wasInitialized()) {
			return null;
		}
		if (collection instanceof Map<?, ?> map) {
			return map.values();
		}
		return (collection instanceof Collection<?> elements) ? elements : null;
	}

	/**
	 * Return the collections that show the rows of a join table from the other side.
	 * @param collection the collection that writes the rows
	 * @return the other collections
	 */
	private List<CollectionPersister> mirrorsOf(CollectionPersister collection) {
		List<CollectionPersister> known = this.mirrors.get(collection);
		if (known != null) {
			return known;
		}
		List<CollectionPersister> mirrors = new ArrayList<>();
		forEachCollection((other) -> {
			if (other != collection && !other.isOneToMany() && !collection.isOneToMany()
					&& other.getTableName().equals(collection.getTableName())) {
				mirrors.add(other);
			}
		});
		this.mirrors.put(collection, mirrors);
		return mirrors;
	}

	private void forEachCollection(Consumer<CollectionPersister> action) {
		this.factory.getMappingMetamodel().forEachCollectionDescriptor(action);
	}

	/**
	 * Return whether there are parts of a name.
	 * @param name the name
	 * @return whether it is one of an entity or association
	 */
	public boolean isKnown(String name) {
		return this.types.of(name) != null;
	}

	/**
	 * Find a part that another instance tells of.
	 * @param name its name
	 * @param id its id
	 * @return the part, {@code null} if there are none of the name, or their ids are of
	 * another type
	 */
	public @Nullable Part find(String name, Object id) {
		Type type = this.types.of(name);
		return (type != null && ClassUtils.isAssignableValue(type.getReturnedClass(), id)) ? new Part(name, id, type)
				: null;
	}

	/**
	 * Return of which type the ids of parts are.
	 * @param name the name of the parts
	 * @return the type, {@code Object} if there are none of the name
	 */
	public Class<?> idTypeOf(String name) {
		Type type = this.types.of(name);
		return (type != null) ? type.getReturnedClass() : Object.class;
	}

	/**
	 * Return of which type the ids of the rows of a table are.
	 * @param table tells whether a name in the mapping is that of the table
	 * @return the type, {@code Object} if the rows are of no entity
	 */
	public Class<?> idTypeOfTable(Predicate<String> table) {
		Set<Class<?>> types = new HashSet<>();
		this.factory.getMappingMetamodel().forEachEntityDescriptor((type) -> {
			if (this.tables.of(type.getRootEntityName()).stream().anyMatch(table)) {
				types.add(type.getIdentifierType().getReturnedClass());
			}
		});
		return (types.size() == 1) ? types.iterator().next() : Object.class;
	}

	/**
	 * Return whether an id means the same in another instance.
	 * @param id the id of a part
	 * @return whether no entity is in it
	 */
	public boolean isPlain(Object id) {
		return this.types.isPlain(id);
	}

	/**
	 * Return the tables in which a part is.
	 * @param part the part
	 * @return the names of the tables, as they are in the mapping
	 */
	public Set<String> tablesOf(Part part) {
		return this.tables.of(part.name());
	}

}
