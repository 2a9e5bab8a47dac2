package io.cachepolicy.spi;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

import io.cachepolicy.CacheStore;
import io.cachepolicy.text.KeyText;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.BeanUtils;
import org.springframework.core.ResolvableType;

/**
 * Adapts an application's {@link CacheStore}, of whose keys and values nothing is known
 * but their types.
 */
public final class CacheStoreAdapter implements BackingStore, StoreKeys, StoreTraits {

	private final String cacheName;

	private final CacheStore<Object, Object> store;

	private final Class<?> keyType;

	private final Class<?> valueType;

	/**
	 * Create an adapter.
	 * @param cacheName the name of the cache
	 * @param store the application's store
	 */
	@SuppressWarnings("unchecked")
	public CacheStoreAdapter(String cacheName, CacheStore<?, ?> store) {
		this.cacheName = cacheName;
		this.store = (CacheStore<Object, Object>) store;
		ResolvableType type = ResolvableType.forClass(CacheStore.class, AopUtils.getTargetClass(store));
		this.keyType = type.getGeneric(0).resolve(Object.class);
		this.valueType = type.getGeneric(1).resolve(Object.class);
	}

	@Override
	public StoreKeys keys() {
		return this;
	}

	@Override
	public StoreTraits traits() {
		return this;
	}

	@Override
	public Class<?> getValueType() {
		return this.valueType;
	}

	@Override
	public Class<?> getKeyType() {
		return this.keyType;
	}

	@Override
	public Object toKey(Object key) {
		if (this.keyType.isInstance(key) || !BeanUtils.isSimpleValueType(this.keyType)) {
			return key;
		}
		Object converted = KeyConversion.convert(key, this.keyType);
		if (converted == null) {
			throw new IllegalArgumentException("The key of cache '%s' is a %s, which the %s '%s' is not"
				.formatted(this.cacheName, this.keyType.getName(), key.getClass().getName(), KeyText.of(key)));
		}
		return converted;
	}

	@Override
	public void check(Object key, Object value) {
		if (!isOf(key, value)) {
			throw new IllegalArgumentException("The values of cache '%s' are of type %s, which a %s is not"
				.formatted(this.cacheName, this.valueType.getName(), value.getClass().getName()));
		}
	}

	@Override
	public boolean isOf(Object key, Object value) {
		return this.valueType.isInstance(value);
	}

	@Override
	public Object keyOf(Object value) {
		throw new IllegalArgumentException(
				"The store of cache '%s' can't tell the key of a value: set 'key' on the method that writes"
					.formatted(this.cacheName));
	}

	@Override
	public @Nullable Object load(Object key) {
		return this.store.load(key);
	}

	@Override
	public Map<Object, Object> loadAll(Collection<?> keys) {
		return this.store.loadAll(keys);
	}

	/**
	 * Throw an exception: as the key of a value is not known, this store can't have
	 * generated it.
	 */
	@Override
	public Object insert(Object value) {
		return keyOf(value);
	}

	@Override
	public Map<Object, Object> write(WriteMode mode, Map<Object, Object> entries) {
		Map<Object, Object> stored = new LinkedHashMap<>(entries);
		stored.putAll(this.store.saveAll(entries));
		return stored;
	}

	@Override
	public void deleteAll(Collection<?> keys) {
		this.store.deleteAll(keys);
	}

	@Override
	public Object resource() {
		return this;
	}

	/**
	 * Return {@code true}: nobody knows what an application's store makes of the thread
	 * that calls it.
	 */
	@Override
	public boolean isContextual() {
		return true;
	}

	@Override
	public String toString() {
		return "store of cache " + this.cacheName;
	}

}
