package io.cachepolicy.testsupport;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;

import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.RowRelations;
import io.cachepolicy.spi.StoreKeys;
import io.cachepolicy.spi.StoreListener;
import io.cachepolicy.spi.StoreSession;
import io.cachepolicy.spi.StoreTraits;
import io.cachepolicy.spi.StoreVersions;
import io.cachepolicy.spi.WriteMode;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory whose calls a test can watch, hold up and let fail. It notices calls
 * for one key that overlap.
 */
public class FakeStore implements BackingStore, StoreKeys, StoreTraits, StoreSession, StoreVersions {

	private final Map<Object, Object> rows = new ConcurrentHashMap<>();

	private final List<String> calls = new CopyOnWriteArrayList<>();

	private final Set<Object> busy = ConcurrentHashMap.newKeySet();

	private final AtomicInteger overlaps = new AtomicInteger();

	private final AtomicInteger loads = new AtomicInteger();

	private final AtomicInteger writes = new AtomicInteger();

	private final AtomicLong generated = new AtomicLong(1000);

	private volatile Consumer<Object> beforeLoad = (key) -> {
	};

	private volatile Consumer<Collection<Object>> beforeWrite = (keys) -> {
	};

	private volatile Consumer<Map<Object, Object>> beforeEntries = (entries) -> {
	};

	private volatile Set<Object> loadedInContext = Set.of();

	private volatile Set<Object> managed = Set.of();

	private volatile Object resource = this;

	private volatile RowRelations relations = RowRelations.NONE;

	private volatile boolean contextual;

	private volatile BinaryOperator<Object> rebase = (key, value) -> value;

	private final List<StoreListener> listeners = new CopyOnWriteArrayList<>();

	private final Map<Object, Object> unanswered = new ConcurrentHashMap<>();

	public void resource(Object resource) {
		this.resource = resource;
	}

	public void relations(RowRelations relations) {
		this.relations = relations;
	}

	public void contextual(boolean contextual) {
		this.contextual = contextual;
	}

	/**
	 * Set what makes a value overwrite the changes of others.
	 * @param rebase given key and value
	 */
	public void rebase(BinaryOperator<Object> rebase) {
		this.rebase = rebase;
	}

	/**
	 * Run before a row is read.
	 * @param action given the key
	 */
	public void beforeLoad(Consumer<Object> action) {
		this.beforeLoad = action;
	}

	/**
	 * Run before rows are written or deleted; what it throws is the store's failure.
	 * @param action given the keys
	 */
	public void beforeWrite(Consumer<Collection<Object>> action) {
		this.beforeWrite = action;
	}

	/**
	 * Run before rows are written; what it throws is the store's failure.
	 * @param action given the entries
	 */
	public void beforeEntries(Consumer<Map<Object, Object>> action) {
		this.beforeEntries = action;
	}

	public void loadedInContext(Set<Object> keys) {
		this.loadedInContext = keys;
	}

	public void managed(Set<Object> values) {
		this.managed = values;
	}

	public Map<Object, Object> rows() {
		return this.rows;
	}

	public List<String> calls() {
		return new ArrayList<>(this.calls);
	}

	public int loads() {
		return this.loads.get();
	}

	/**
	 * Return how many rows were written or deleted.
	 * @return the number of rows
	 */
	public int writes() {
		return this.writes.get();
	}

	public int overlaps() {
		return this.overlaps.get();
	}

	/**
	 * Return what was said to be in the store maybe.
	 * @return the values by key
	 */
	public Map<Object, Object> unanswered() {
		return this.unanswered;
	}

	/**
	 * Change a row as someone else does, who tells of it.
	 * @param key the key
	 * @param value the value
	 */
	public void changeElsewhere(Object key, Object value) {
		this.rows.put(key, value);
		this.listeners.forEach((listener) -> listener.changed(List.of(key)));
	}

	/**
	 * Tell that any row may have changed.
	 */
	public void changeAllElsewhere() {
		this.listeners.forEach(StoreListener::changedAll);
	}

	@Override
	public void listen(StoreListener listener) {
		this.listeners.add(listener);
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
	public StoreSession session() {
		return this;
	}

	@Override
	public StoreVersions versions() {
		return this;
	}

	@Override
	public void unanswered(Map<Object, Object> values) {
		this.unanswered.putAll(values);
	}

	@Override
	public boolean isChanged(Object key) {
		return false;
	}

	@Override
	public boolean isConnected() {
		return false;
	}

	@Override
	public Class<?> getValueType() {
		return Object.class;
	}

	@Override
	public Object toKey(Object key) {
		return key;
	}

	@Override
	public @Nullable Object keyOf(Object value) {
		if (value instanceof Item item) {
			return item.getId();
		}
		throw new IllegalArgumentException("Not an item: " + value);
	}

	@Override
	public @Nullable Object load(Object key) {
		this.loads.incrementAndGet();
		this.beforeLoad.accept(key);
		return this.rows.get(key);
	}

	@Override
	public Map<Object, Object> loadAll(Collection<?> keys) {
		this.calls.add("loadAll" + keys);
		Map<Object, Object> values = new LinkedHashMap<>();
		for (Object key : keys) {
			Object value = load(key);
			if (value != null) {
				values.put(key, value);
			}
		}
		return values;
	}

	@Override
	public Object insert(Object value) {
		Item item = (Item) value;
		item.setId(this.generated.incrementAndGet());
		write("save", Map.of(item.getId(), item));
		return item;
	}

	@Override
	public Map<Object, Object> write(WriteMode mode, Map<Object, Object> entries) {
		if (mode == WriteMode.FLUSH_OVER) {
			Map<Object, Object> rebased = new LinkedHashMap<>(entries);
			rebased.replaceAll(this::rebase);
			write("flushAll", rebased);
			return rebased;
		}
		write((mode == WriteMode.FLUSH) ? "flushAll"
				: (mode == WriteMode.NOW && entries.size() == 1) ? "save" : "saveAll", entries);
		return entries;
	}

	@Override
	public void deleteAll(Collection<?> keys) {
		enter(keys);
		try {
			this.calls.add("deleteAll" + keys);
			this.beforeWrite.accept(List.copyOf(keys));
			this.writes.addAndGet(keys.size());
			this.rows.keySet().removeAll(keys);
		}
		finally {
			this.busy.removeAll(keys);
		}
	}

	@Override
	public Object resource() {
		return this.resource;
	}

	@Override
	public RowRelations relations() {
		return this.relations;
	}

	@Override
	public boolean isContextual() {
		return this.contextual;
	}

	@Override
	public Object rebase(Object key, Object value) {
		return this.rebase.apply(key, value);
	}

	@Override
	public boolean isManaged(Object value) {
		return this.managed.contains(value);
	}

	@Override
	public boolean isLoaded(Object key) {
		return this.loadedInContext.contains(key);
	}

	private void write(String call, Map<Object, Object> entries) {
		enter(entries.keySet());
		try {
			this.calls.add(call + entries.keySet());
			this.beforeWrite.accept(List.copyOf(entries.keySet()));
			this.beforeEntries.accept(entries);
			this.writes.addAndGet(entries.size());
			this.rows.putAll(entries);
		}
		finally {
			this.busy.removeAll(entries.keySet());
		}
	}

	private void enter(Collection<?> keys) {
		for (Object key : keys) {
			if (!this.busy.add(key)) {
				this.overlaps.incrementAndGet();
			}
		}
	}

}
