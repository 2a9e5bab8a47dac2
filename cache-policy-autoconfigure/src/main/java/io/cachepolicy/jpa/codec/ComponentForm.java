package io.cachepolicy.jpa.codec;

import java.lang.reflect.Array;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

import org.hibernate.metamodel.internal.EmbeddableInstantiatorPojoStandard;
import org.hibernate.metamodel.mapping.EmbeddableMappingType;
import org.hibernate.metamodel.mapping.EmbeddableValuedModelPart;
import org.hibernate.metamodel.spi.EmbeddableInstantiator;
import org.hibernate.property.access.spi.PropertyAccess;
import org.hibernate.property.access.spi.Setter;
import org.hibernate.type.ComponentType;
import org.hibernate.type.Type;
import org.jspecify.annotations.Nullable;

/**
 * Embeddables, as objects with their attributes by name.
 */
final class ComponentForm implements Form {

	private static final String CLASS = "@class";

	private final ComponentType type;

	private final boolean complete;

	private final Map<String, Part> parts = new LinkedHashMap<>();

	/**
	 * Create a form.
	 * @param type the type of the embeddables
	 * @param complete whether an embeddable that has other attributes now can't be read,
	 * as that of an id
	 * @param forms the forms of the attributes
	 */
	ComponentForm(ComponentType type, boolean complete, Function<Type, Form> forms) {
		this.type = type;
		this.complete = complete;
		String[] names = type.getPropertyNames();
		Type[] types = type.getSubtypes();
		for (int i = 0; i < names.length; i++) {
			this.parts.put(names[i], new Part(i, types[i].getReturnedClass(), forms.apply(types[i])));
		}
	}

	@Override
	public void write(Object value, Output output) {
		@Nullable Object[] values = this.type.getPropertyValues(value);
		output.startObject();
		if (embeddable().isPolymorphic()) {
			output.name(CLASS);
			output.scalar(value.getClass().getName());
		}
		this.parts.forEach((name, part) -> {
			output.name(name);
			Form.write(output, values[part.position()], part.form());
		});
		output.endObject();
	}

	private EmbeddableMappingType embeddable() {
		return this.type.getMappingModelPart().getEmbeddableTypeDescriptor();
	}

	@Override
	public Object read(Input input, Object owner) {
		boolean polymorphic = embeddable().isPolymorphic();
		@Nullable Object[] values = new Object[this.parts.size() + (polymorphic ? 1 : 0)];
		Map<String, Part> missing = new LinkedHashMap<>(this.parts);
		input.fields((name) -> {
			Part part = missing.remove(name);
			if (part != null) {
				Object value = Form.readAttribute(input, name, part.form(), owner);
				values[part.position()] = (value != null) ? value : part.none();
			}
			else if (polymorphic && name.equals(CLASS)) {
				values[values.length - 1] = input.scalar(String.class);
			}
			else if (this.complete) {
				throw new IllegalArgumentException("An id has no '" + name + "' any more");
			}
			else {
				input.skip();
			}
		});
		EmbeddableInstantiator instantiator = instantiator((polymorphic) ? values[values.length - 1] : null);
		if (!missing.isEmpty()) {
			fill(values, missing, instantiator);
		}
		Object component = instantiator.instantiate(() -> values);
		setParent(component, owner);
		return component;
	}

	/**
	 * Take what a new instance has for attributes that came since.
	 * @param values the values, by position
	 * @param missing the attributes
	 * @param instantiator makes the instance
	 */
	private void fill(@Nullable Object[] values, Map<String, Part> missing, EmbeddableInstantiator instantiator) {
		if (this.complete) {
			throw new IllegalArgumentException("An id has %s since".formatted(missing.keySet()));
		}
		@Nullable Object[] initial = new Object[this.parts.size()];
		if (instantiator instanceof EmbeddableInstantiatorPojoStandard) {
			initial = this.type.getPropertyValues(instantiator.instantiate(null));
		}
		for (Part part : missing.values()) {
			Object value = initial[part.position()];
			values[part.position()] = (value != null) ? value : part.none();
		}
	}

	private EmbeddableInstantiator instantiator(@Nullable Object className) {
		return (className != null)
				? embeddable().getRepresentationStrategy().getInstantiatorForClass((String) className)
				: embeddable().getRepresentationStrategy().getInstantiator();
	}

	@SuppressWarnings("removal")
	private void setParent(Object component, Object owner) {
		EmbeddableValuedModelPart modelPart = this.type.getMappingModelPart();
		PropertyAccess parent = modelPart.getParentInjectionAttributePropertyAccess();
		Setter setter = (parent != null) ? parent.getSetter() : null;
		if (setter != null) {
			setter.set(component, owner);
		}
	}

	/**
	 * An attribute.
	 *
	 * @param position where its value is
	 * @param type the type of its values
	 * @param form how they are written
	 */
	private record Part(int position, Class<?> type, Form form) {

		/**
		 * Return what stands for no value.
		 * @return {@code null}, the smallest value of a primitive type
		 */
		@Nullable Object none() {
			return (this.type.isPrimitive()) ? Array.get(Array.newInstance(this.type, 1), 0) : null;
		}

	}

}
