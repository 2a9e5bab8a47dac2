package io.cachepolicy.jpa.codec;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import io.cachepolicy.jpa.copy.EntityShape;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.hibernate.HibernateException;
import org.hibernate.bytecode.enhance.spi.LazyPropertyInitializer;
import org.hibernate.engine.internal.ManagedTypeHelper;
import org.hibernate.engine.spi.SelfDirtinessTracker;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.EntityValuedModelPart;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.ComponentType;
import org.hibernate.type.CompositeType;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * How the instances of one entity class are written: id and attributes by name.
 * <p>
 * The fingerprint stands for names and types of the attributes. If it is another one than
 * that of a record, the class has changed: what it no longer has is left out, what it has
 * since keeps the value that a new instance has, and what has another type is converted
 * if that is possible without loss.
 */
final class EntityForm {

	private static final Log logger = LogFactory.getLog(EntityForm.class);

	private static final String UNLOADED = "@unloaded";

	private static final String FIELDS = "@fields";

	private final EntityShape shape;

	private final EntityPersister persister;

	private final Form identifier;

	private final Map<String, Part> identifierParts = new LinkedHashMap<>();

	private final Map<String, Part> attributes = new LinkedHashMap<>();

	private final Map<String, Field> fields = new LinkedHashMap<>();

	private final int fingerprint;

	private final AtomicBoolean told = new AtomicBoolean();

	EntityForm(EntityPersister persister) {
		SessionFactoryImplementor factory = persister.getFactory();
		this.shape = new EntityShape(persister);
		this.persister = persister;
		this.identifier = identifierForm(persister.getIdentifierType(), factory);
		List<AttributeMapping> parts = this.shape.identifierParts();
		if (!parts.isEmpty()) {
			CompositeType composite = (CompositeType) persister.getIdentifierType();
			for (int i = 0; i < parts.size(); i++) {
				String name = parts.get(i).getAttributeName();
				Type type = composite.getSubtypes()[Arrays.asList(composite.getPropertyNames()).indexOf(name)];
				// The class of the id has the id of an entity to which the instance
				// refers
				Form form = (parts.get(i) instanceof EntityValuedModelPart part)
						? Forms.reference(part.getJavaType().getJavaTypeClass()) : form(name, type, factory);
				this.identifierParts.put(name, new Part(i, form));
			}
		}
		String[] names = persister.getPropertyNames();
		Type[] types = persister.getPropertyTypes();
		StringBuilder description = new StringBuilder(persister.getEntityName());
		for (int i = 0; i < names.length; i++) {
			this.attributes.put(names[i], new Part(i, form(names[i], types[i], factory)));
			description.append(' ').append(names[i]).append(':').append(types[i].getName());
		}
		this.shape.unmappedFields()
			.stream()
			.filter((field) -> Scalars.supports(ClassUtils.resolvePrimitiveIfNecessary(field.getType())))
			.forEach((field) -> this.fields.putIfAbsent(field.getName(), field));
		this.fingerprint = description.toString().hashCode();
	}

	private Form identifierForm(Type type, SessionFactoryImplementor factory) {
		return (type instanceof ComponentType component)
				? new ComponentForm(component, true, (part) -> form("id", part, factory)) : form("id", type, factory);
	}

	private Form form(String name, Type type, SessionFactoryImplementor factory) {
		try {
			return Forms.of(type, factory);
		}
		catch (UnsupportedMappingException ex) {
			throw new UnsupportedMappingException("attribute '%s' of %s can't be encoded: %s".formatted(name,
					this.persister.getEntityName(), ex.getMessage()));
		}
	}

	/**
	 * Check the types of what a collection consists of, which are looked at late.
	 */
	void check() {
		this.attributes.forEach((name, part) -> {
			if (part.form() instanceof CollectionForm collection) {
				try {
					collection.parts();
				}
				catch (UnsupportedMappingException ex) {
					throw new UnsupportedMappingException("attribute '%s' of %s can't be encoded: %s".formatted(name,
							this.persister.getEntityName(), ex.getMessage()));
				}
			}
		});
	}

	EntityShape shape() {
		return this.shape;
	}

	EntityPersister persister() {
		return this.persister;
	}

	int fingerprint() {
		return this.fingerprint;
	}

	Form identifier() {
		return this.identifier;
	}

	// ---- Writing ----

	void writeId(Object entity, Output output) {
		if (this.identifierParts.isEmpty()) {
			Form.write(output, this.persister.getIdentifier(entity), this.identifier);
			return;
		}
		List<AttributeMapping> parts = this.shape.identifierParts();
		output.startObject();
		this.identifierParts.forEach((name, part) -> {
			output.name(name);
			Form.write(output, parts.get(part.position()).getValue(entity), part.form());
		});
		output.endObject();
	}

	void writeState(Object entity, Output output) {
		@Nullable Object[] values = this.persister.getValues(entity);
		List<String> unloaded = new ArrayList<>();
		output.startObject();
		this.attributes.forEach((name, part) -> {
			Object value = values[part.position()];
			if (value == LazyPropertyInitializer.UNFETCHED_PROPERTY) {
				unloaded.add(name);
			}
			else {
				output.name(name);
				Form.write(output, value, part.form());
			}
		});
		if (!unloaded.isEmpty()) {
			output.name(UNLOADED);
			output.startArray();
			unloaded.forEach(output::scalar);
			output.endArray();
		}
		if (!this.fields.isEmpty()) {
			writeFields(entity, output);
		}
		output.endObject();
	}

	private void writeFields(Object entity, Output output) {
		output.name(FIELDS);
		output.startObject();
		this.fields.forEach((name, field) -> {
			Object value = ReflectionUtils.getField(field, entity);
			if (value != null) {
				output.name(name);
				output.scalar(value);
			}
		});
		output.endObject();
	}

	// ---- Reading ----

	void readId(Object entity, Input input) {
		if (this.identifierParts.isEmpty()) {
			this.persister.setIdentifier(entity, Form.read(input, this.identifier, entity), null);
			return;
		}
		List<AttributeMapping> parts = this.shape.identifierParts();
		Set<String> missing = new HashSet<>(this.identifierParts.keySet());
		input.fields((name) -> {
			Part part = this.identifierParts.get(name);
			if (part == null) {
				throw new IllegalArgumentException(
						"The id of %s has no '%s' any more".formatted(this.persister.getEntityName(), name));
			}
			parts.get(part.position()).setValue(entity, Form.readAttribute(input, name, part.form(), entity));
			missing.remove(name);
		});
		if (!missing.isEmpty()) {
			throw new IllegalArgumentException(
					"The id of %s has %s since".formatted(this.persister.getEntityName(), missing));
		}
	}

	void readState(Object entity, int fingerprint, Input input) {
		@Nullable Object[] values = this.persister.getValues(entity);
		List<String> missing = new ArrayList<>(this.attributes.keySet());
		List<String> gone = new ArrayList<>();
		input.fields((name) -> {
			Part part = this.attributes.get(name);
			if (part != null) {
				values[part.position()] = Form.readAttribute(input, name, part.form(), entity);
				missing.remove(name);
			}
			else if (name.equals(UNLOADED)) {
				input.elements(() -> {
					String attribute = (String) input.scalar(String.class);
					Part unloaded = this.attributes.get(attribute);
					if (unloaded != null) {
						values[unloaded.position()] = LazyPropertyInitializer.UNFETCHED_PROPERTY;
						missing.remove(attribute);
					}
				});
			}
			else if (name.equals(FIELDS)) {
				readFields(entity, input);
			}
			else {
				gone.add(name);
				input.skip();
			}
		});
		if (fingerprint != this.fingerprint) {
			tell(missing, gone);
		}
		try {
			this.persister.setValues(entity, values);
		}
		catch (HibernateException | ClassCastException | NullPointerException ex) {
			throw new IllegalArgumentException(
					"The attributes of %s can't be set".formatted(this.persister.getEntityName()), ex);
		}
		ManagedTypeHelper.processIfSelfDirtinessTracker(entity,
				SelfDirtinessTracker::$$_hibernate_clearDirtyAttributes);
	}

	private void readFields(Object entity, Input input) {
		input.fields((name) -> {
			Field field = this.fields.get(name);
			if (field == null) {
				input.skip();
				return;
			}
			Class<?> type = ClassUtils.resolvePrimitiveIfNecessary(field.getType());
			ReflectionUtils.setField(field, entity, input.scalar(type));
		});
	}

	private void tell(List<String> missing, List<String> gone) {
		if (this.told.compareAndSet(false, true)) {
			logger.warn(
					"%s has changed since its pending writes were recorded: %s keep the value of a new instance, %s are dropped"
						.formatted(this.persister.getEntityName(), missing, gone));
		}
	}

	@Override
	public String toString() {
		return Objects.toString(this.persister.getEntityName());
	}

	/**
	 * An attribute.
	 *
	 * @param position where its value is
	 * @param form how its values are written
	 */
	private record Part(int position, Form form) {

	}

}
