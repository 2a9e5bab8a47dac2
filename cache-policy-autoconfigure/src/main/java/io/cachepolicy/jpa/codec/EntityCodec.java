package io.cachepolicy.jpa.codec;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.cachepolicy.spi.ValueCodec;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.proxy.LazyInitializer;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the instances of one entity, with everything that is loaded of their graph, and
 * their ids.
 * <p>
 * Attributes are written by name, with the values that their columns have, in CBOR. What
 * is not loaded is not loaded either, and stays so: an uninitialised association or
 * collection is one in what is decoded as well. Decoding creates instances of mapped
 * classes only. Detached from any persistence context, they can be merged as copies of
 * the {@code EntityCopier} can.
 */
public final class EntityCodec implements ValueCodec {

	private static final byte ID = 0;

	private static final byte ENTITY = 1;

	private final SessionFactoryImplementor factory;

	private final EntityPersister root;

	private final Map<Class<?>, EntityForm> forms = new ConcurrentHashMap<>();

	/**
	 * Create a codec.
	 * @param entityManagerFactory the factory of the entity
	 * @param entity the entity class
	 * @throws IllegalArgumentException if there is no such entity
	 */
	public EntityCodec(EntityManagerFactory entityManagerFactory, Class<?> entity) {
		this.factory = entityManagerFactory.unwrap(SessionFactoryImplementor.class);
		EntityPersister persister = this.factory.getMappingMetamodel().findEntityDescriptor(entity);
		if (persister == null) {
			throw new IllegalArgumentException(entity.getName() + " is no entity");
		}
		this.root = persister;
	}

	/**
	 * Check that all attributes of the entity and its subclasses can be encoded.
	 * @throws IllegalArgumentException if an attribute can't be, which the message names
	 */
	public void check() {
		this.root.getSubclassEntityNames()
			.forEach((name) -> form(this.factory.getMappingMetamodel().getEntityDescriptor(name).getMappedClass())
				.check());
	}

	@Override
	public boolean supports(Class<?> type) {
		try {
			check();
		}
		catch (UnsupportedMappingException ex) {
			return false;
		}
		return this.root.getMappedClass().isAssignableFrom(type)
				|| this.root.getIdentifierType().getReturnedClass().isAssignableFrom(type);
	}

	@Override
	public byte[] encode(Object value) {
		LazyInitializer proxy = HibernateProxy.extractLazyInitializer(value);
		boolean entity = proxy != null || this.root.getMappedClass().isInstance(value);
		return Cbor.write((generator) -> {
			generator.writeStartArray();
			generator.writeNumber((entity) ? ENTITY : ID);
			GraphWriter writer = new GraphWriter(this::form, generator);
			if (entity) {
				writer.write(value);
			}
			else {
				Form.write(writer, value, form(this.root.getMappedClass()).identifier());
			}
			generator.writeEndArray();
		});
	}

	@Override
	public Object decode(byte[] bytes) {
		return Cbor.read(bytes, (parser) -> {
			parser.nextToken();
			int kind = parser.getIntValue();
			parser.nextToken();
			GraphReader reader = new GraphReader(this::form, parser);
			return (kind == ENTITY) ? reader.read()
					: reader.required(Form.read(reader, form(this.root.getMappedClass()).identifier(), this));
		});
	}

	private @Nullable EntityForm form(String entityName) {
		EntityPersister persister = this.factory.getMappingMetamodel().findEntityDescriptor(entityName);
		return (persister != null) ? form(persister.getMappedClass()) : null;
	}

	private EntityForm form(Class<?> type) {
		EntityForm form = this.forms.get(type);
		if (form == null) {
			EntityPersister persister = this.factory.getMappingMetamodel().findEntityDescriptor(type);
			if (persister == null) {
				throw new UnsupportedMappingException(type.getName() + " is no entity");
			}
			form = new EntityForm(persister);
			this.forms.put(type, form);
		}
		return form;
	}

}
