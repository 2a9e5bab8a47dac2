package io.cachepolicy.journal;

import java.util.Arrays;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.jpa.codec.EntityCodec;
import io.cachepolicy.jpa.codec.ScalarCodec;
import io.cachepolicy.settings.CacheSpec;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.ValueCodec;
import jakarta.persistence.EntityManagerFactory;
import org.hibernate.boot.spi.SessionFactoryOptions;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;

import org.springframework.beans.factory.ListableBeanFactory;

/**
 * Finds out how the keys and values of a cache are encoded: by a {@link ValueCodec} bean
 * that supports them, else as entities, else as scalars or by Jackson.
 */
final class CodecFinder {

	private final ListableBeanFactory beanFactory;

	CodecFinder(ListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Return the codecs of a cache.
	 * @param cacheName the name of the cache
	 * @param store its store
	 * @return the codecs
	 * @throws InvalidPolicyCacheException if there are none
	 */
	Codecs find(String cacheName, BackingStore store) {
		Class<?> type = store.keys().getValueType();
		ValueCodec own = this.beanFactory.getBeanProvider(ValueCodec.class)
			.orderedStream()
			.filter((codec) -> codec.supports(type))
			.findFirst()
			.orElse(null);
		EntityManagerFactory factory = findFactory(type);
		ValueCodec entities = (factory != null) ? entityCodec(cacheName, factory, type, own != null) : null;
		if (own != null) {
			ScalarCodec scalars = new ScalarCodec(store.keys().getKeyType());
			return new Codecs((entities != null) ? entities : new KeyCodec(scalars, own), own);
		}
		if (entities != null) {
			return new Codecs(entities, entities);
		}
		ScalarCodec keys = new ScalarCodec(store.keys().getKeyType());
		ScalarCodec values = new ScalarCodec(type);
		return new Codecs(keys, (values.supports(type)) ? values : jsonCodec(cacheName, type));
	}

	private @Nullable EntityManagerFactory findFactory(Class<?> type) {
		return this.beanFactory.getBeanProvider(EntityManagerFactory.class)
			.stream()
			.filter((factory) -> factory.unwrap(SessionFactoryImplementor.class)
				.getMappingMetamodel()
				.findEntityDescriptor(type) != null)
			.findFirst()
			.orElse(null);
	}

	private ValueCodec entityCodec(String cacheName, EntityManagerFactory factory, Class<?> type, boolean keysOnly) {
		SessionFactoryOptions options = factory.unwrap(SessionFactoryImplementor.class).getSessionFactoryOptions();
		if (options.isMultiTenancyEnabled() || options.getCurrentTenantIdentifierResolver() != null) {
			throw new InvalidPolicyCacheException(
					"Property '%s.write-back.durable' is true, but %s belongs to tenants, and the tenant of a writer is not recorded"
						.formatted(CacheSpec.propertiesOf(cacheName), type.getName()),
					"Remove the property.");
		}
		EntityCodec codec = new EntityCodec(factory, type);
		if (!keysOnly) {
			try {
				codec.check();
			}
			catch (IllegalArgumentException ex) {
				throw notEncodable(cacheName, ex.getMessage(), ex);
			}
		}
		return codec;
	}

	private ValueCodec jsonCodec(String cacheName, Class<?> type) {
		ObjectMapper mapper = this.beanFactory.getBeanProvider(ObjectMapper.class).getIfUnique();
		if (type == Object.class) {
			throw notEncodable(cacheName, "the type of its values is not known", null);
		}
		if (mapper == null) {
			throw notEncodable(cacheName,
					"%s is no entity, and there is no Jackson ObjectMapper".formatted(type.getName()), null);
		}
		return new JsonCodec(mapper, type);
	}

	private static InvalidPolicyCacheException notEncodable(String cacheName, @Nullable String reason,
			@Nullable Throwable cause) {
		return new InvalidPolicyCacheException(
				"Property '%s.write-back.durable' is true, but values of the cache can't be recorded: %s"
					.formatted(CacheSpec.propertiesOf(cacheName), reason),
				"Define a ValueCodec bean that supports the values, or remove the property.", cause);
	}

	/**
	 * Encodes keys as scalars, where they are, else by the codec of the values.
	 *
	 * @param scalars the codec of scalars
	 * @param values the codec of the values
	 */
	private record KeyCodec(ScalarCodec scalars, ValueCodec values) implements ValueCodec {

		@Override
		public boolean supports(Class<?> type) {
			return this.scalars.supports(type) || this.values.supports(type);
		}

		@Override
		public byte[] encode(Object key) {
			boolean scalar = this.scalars.supports(key.getClass());
			byte[] bytes = (scalar) ? this.scalars.encode(key) : this.values.encode(key);
			byte[] tagged = new byte[bytes.length + 1];
			tagged[0] = (byte) ((scalar) ? 0 : 1);
			System.arraycopy(bytes, 0, tagged, 1, bytes.length);
			return tagged;
		}

		@Override
		public Object decode(byte[] bytes) {
			byte[] untagged = Arrays.copyOfRange(bytes, 1, bytes.length);
			return (bytes[0] == 0) ? this.scalars.decode(untagged) : this.values.decode(untagged);
		}

	}

}
