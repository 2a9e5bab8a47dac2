package io.cachepolicy.jpa.codec;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.JdbcMapping;
import org.hibernate.type.BasicPluralType;
import org.hibernate.type.BasicType;
import org.hibernate.type.CollectionType;
import org.hibernate.type.ComponentType;
import org.hibernate.type.CustomType;
import org.hibernate.type.SqlTypes;
import org.hibernate.type.Type;
import org.hibernate.type.descriptor.java.JavaType;
import org.hibernate.type.descriptor.java.SerializableJavaType;
import org.hibernate.type.descriptor.java.spi.UnknownBasicJavaType;
import org.hibernate.type.format.FormatMapper;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Finds out how the values of mapped types are written: as their columns have them.
 */
final class Forms {

	private Forms() {
	}

	/**
	 * Return the form of a mapped type.
	 * @param type the type
	 * @param factory the factory to which the type belongs
	 * @return the form
	 * @throws UnsupportedMappingException if there is none
	 */
	static Form of(Type type, SessionFactoryImplementor factory) {
		if (type.isEntityType() || type.isAnyType()) {
			return reference(type.getReturnedClass());
		}
		if (type instanceof CollectionType collection) {
			return new CollectionForm(collection, factory, (part) -> of(part, factory));
		}
		if (type instanceof ComponentType component) {
			return new ComponentForm(component, false, (part) -> of(part, factory));
		}
		if (type instanceof BasicPluralType<?, ?> plural) {
			return new PluralForm(plural, of(plural.getElementType(), factory), factory);
		}
		if (type instanceof BasicType<?> basic) {
			return ofBasic(basic, factory);
		}
		throw new UnsupportedMappingException("type " + type.getName() + " has no columns");
	}

	/**
	 * Return the form of entities.
	 * @param type the type that they have to have
	 * @return the form
	 */
	static Form reference(Class<?> type) {
		return new ReferenceForm(type);
	}

	private static Form ofBasic(BasicType<?> type, SessionFactoryImplementor factory) {
		JavaType<?> relational = type.getJdbcJavaType();
		Class<?> relationalClass = ClassUtils.resolvePrimitiveIfNecessary(relational.getJavaTypeClass());
		if (type instanceof CustomType<?> custom && type.getValueConverter() == null) {
			return new CustomForm(custom);
		}
		if (Scalars.supports(relationalClass)) {
			return new ScalarForm(type, relationalClass);
		}
		int code = type.getJdbcType().getDefaultSqlTypeCode();
		if (code == SqlTypes.JSON || code == SqlTypes.SQLXML) {
			return ofDocument(type, (code == SqlTypes.JSON) ? factory.getSessionFactoryOptions().getJsonFormatMapper()
					: factory.getSessionFactoryOptions().getXmlFormatMapper(), factory);
		}
		if (relational instanceof SerializableJavaType || relational instanceof UnknownBasicJavaType) {
			throw new UnsupportedMappingException("values of " + relationalClass.getName()
					+ " are stored by Java serialization or as the driver has them");
		}
		if (java.sql.Blob.class.isAssignableFrom(relationalClass)
				|| java.sql.Clob.class.isAssignableFrom(relationalClass)) {
			throw new UnsupportedMappingException("values of " + relationalClass.getName() + " need a connection");
		}
		return new TextForm(type, relational);
	}

	private static Form ofDocument(BasicType<?> type, @Nullable FormatMapper mapper,
			SessionFactoryImplementor factory) {
		if (mapper == null) {
			throw new UnsupportedMappingException("there is no library for its documents");
		}
		return new DocumentForm(type.getJavaTypeDescriptor(), mapper, factory);
	}

	/**
	 * An entity, or what stands for one that is not loaded.
	 */
	private record ReferenceForm(Class<?> type) implements Form {

		@Override
		public void write(Object value, Output output) {
			output.reference(value);
		}

		@Override
		public Object read(Input input, Object owner) {
			Object entity = input.reference();
			if (!this.type.isInstance(entity)) {
				throw new IllegalArgumentException(
						"%s is no %s".formatted(entity.getClass().getName(), this.type.getName()));
			}
			return entity;
		}

	}

	/**
	 * A value of one column.
	 */
	private record ScalarForm(JdbcMapping mapping, Class<?> relationalClass) implements Form {

		@Override
		public void write(Object value, Output output) {
			output.scalar(this.mapping.convertToRelationalValue(value));
		}

		@Override
		public Object read(Input input, Object owner) {
			return input.required(this.mapping.convertToDomainValue(input.scalar(this.relationalClass)));
		}

	}

	/**
	 * A value that Hibernate can make a text of, such as that of an enum.
	 */
	private record TextForm(JdbcMapping mapping, JavaType<?> type) implements Form {

		@Override
		@SuppressWarnings("unchecked")
		public void write(Object value, Output output) {
			Object relational = this.mapping.convertToRelationalValue(value);
			output.scalar((relational instanceof Enum<?> constant) ? constant.name()
					: ((JavaType<Object>) this.type).toString(relational));
		}

		@Override
		public Object read(Input input, Object owner) {
			Object relational = this.type.fromString((String) input.scalar(String.class));
			return input.required(this.mapping.convertToDomainValue(relational));
		}

	}

	/**
	 * A value of a type of the application.
	 */
	private record CustomForm(CustomType<?> type) implements Form {

		@Override
		public void write(Object value, Output output) {
			output.scalar(this.type.disassemble(value, null, null));
		}

		@Override
		public Object read(Input input, Object owner) {
			return input.required(this.type.assemble((java.io.Serializable) input.scalarWithType(), null, null));
		}

	}

	/**
	 * A value that its column has as JSON or XML.
	 */
	private record DocumentForm(JavaType<?> type, FormatMapper mapper,
			SessionFactoryImplementor factory) implements Form {

		@Override
		@SuppressWarnings("unchecked")
		public void write(Object value, Output output) {
			output.scalar(this.mapper.toString(value, (JavaType<Object>) this.type, this.factory.getWrapperOptions()));
		}

		@Override
		public Object read(Input input, Object owner) {
			return input.required(this.mapper.fromString((String) input.scalar(String.class), this.type,
					this.factory.getWrapperOptions()));
		}

	}

	/**
	 * An array or a collection in one column.
	 */
	private record PluralForm(BasicPluralType<?, ?> type, Form element,
			SessionFactoryImplementor factory) implements Form {

		@Override
		public void write(Object value, Output output) {
			output.startArray();
			output.scalar(CollectionForm.ELEMENTS);
			if (value instanceof Iterable<?> elements) {
				elements.forEach((part) -> Form.write(output, part, this.element));
			}
			else {
				for (int i = 0; i < Array.getLength(value); i++) {
					Form.write(output, Array.get(value, i), this.element);
				}
			}
			output.endArray();
		}

		@Override
		public Object read(Input input, Object owner) {
			List<@Nullable Object> elements = new ArrayList<>();
			input.elements(CollectionForm.ELEMENTS, () -> elements.add(Form.read(input, this.element, owner)));
			JavaType<?> javaType = this.type.getJavaTypeDescriptor();
			Class<?> component = this.type.getElementType().getJavaTypeDescriptor().getJavaTypeClass();
			Object array = Array.newInstance(ClassUtils.resolvePrimitiveIfNecessary(component), elements.size());
			for (int i = 0; i < elements.size(); i++) {
				Array.set(array, i, elements.get(i));
			}
			return input.required(javaType.wrap(array, this.factory.getWrapperOptions()));
		}

	}

}
