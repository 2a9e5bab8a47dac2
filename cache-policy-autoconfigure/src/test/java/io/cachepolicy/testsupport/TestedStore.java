package io.cachepolicy.testsupport;

import java.util.Collection;
import java.util.Map;

import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.RowRelations;
import io.cachepolicy.spi.WriteMode;
import org.jspecify.annotations.Nullable;

/**
 * A store as tests write to it, by a name for each way.
 *
 * @param store the store
 */
public record TestedStore(BackingStore store) {

	public Class<?> getValueType() {
		return this.store.keys().getValueType();
	}

	public Object toKey(Object key) {
		return this.store.keys().toKey(key);
	}

	public @Nullable Object keyOf(Object value) {
		return this.store.keys().keyOf(value);
	}

	public @Nullable Object load(Object key) {
		return this.store.load(key);
	}

	public Map<Object, Object> loadAll(Collection<?> keys) {
		return this.store.loadAll(keys);
	}

	public Object save(@Nullable Object key, Object value) {
		return (key != null) ? write(WriteMode.NOW, Map.of(key, value)).get(key) : this.store.insert(value);
	}

	public Map<Object, Object> saveAll(Map<Object, Object> entries) {
		return write(WriteMode.NOW, entries);
	}

	public Map<Object, Object> saveDeferred(Map<Object, Object> entries) {
		return write(WriteMode.NOW_FOR_DEFERRED, entries);
	}

	public Map<Object, Object> saveOver(Map<Object, Object> entries) {
		return write(WriteMode.NOW_OVER_REMOVED, entries);
	}

	public Map<Object, Object> flushAll(Map<Object, Object> entries) {
		return write(WriteMode.FLUSH, entries);
	}

	public Map<Object, Object> overwrite(Object key, Object value) {
		return write(WriteMode.FLUSH_OVER, Map.of(key, value));
	}

	private Map<Object, Object> write(WriteMode mode, Map<Object, Object> entries) {
		return this.store.write(mode, entries);
	}

	public void deleteAll(Collection<?> keys) {
		this.store.deleteAll(keys);
	}

	public Object rebase(Object key, Object value) {
		return this.store.versions().rebase(key, value);
	}

	public boolean isManaged(Object value) {
		return this.store.session().isManaged(value);
	}

	public boolean isLoaded(Object key) {
		return this.store.session().isLoaded(key);
	}

	public boolean isConnected() {
		return this.store.session().isConnected();
	}

	public Object resource() {
		return this.store.traits().resource();
	}

	public RowRelations relations() {
		return this.store.traits().relations();
	}

	public boolean isContextual() {
		return this.store.traits().isContextual();
	}

}
