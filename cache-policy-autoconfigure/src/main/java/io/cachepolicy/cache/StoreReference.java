package io.cachepolicy.cache;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.settings.CacheSpec;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.BackingStoreResolver;
import org.jspecify.annotations.Nullable;

/**
 * The store of a cache, found on first use. No lock is held while it is looked for, as
 * that may create beans.
 */
final class StoreReference implements Supplier<@Nullable BackingStore> {

	private final CacheSpec spec;

	private final BackingStoreResolver resolver;

	private final Consumer<BackingStore> onFound;

	private final Map<Class<?>, String> inferred = new LinkedHashMap<>();

	/**
	 * Changed under the monitor, with a look at what is inferred.
	 */
	private volatile @Nullable Optional<BackingStore> store;

	/**
	 * Create a reference.
	 * @param spec the settings of the cache
	 * @param resolver finds the store
	 * @param onFound given a store before it is used
	 */
	StoreReference(CacheSpec spec, BackingStoreResolver resolver, Consumer<BackingStore> onFound) {
		this.spec = spec;
		this.resolver = resolver;
		this.onFound = onFound;
	}

	/**
	 * Note a type that an annotated method reads from or writes to the cache.
	 * @param type the type
	 * @param origin the method
	 */
	synchronized void infer(Class<?> type, String origin) {
		Optional<BackingStore> known = this.store;
		if (this.inferred.putIfAbsent(type, origin) == null && known != null && known.isEmpty()) {
			// The cache was used before the method was known
			this.store = null;
		}
	}

	private synchronized Map<Class<?>, String> inferred() {
		return new LinkedHashMap<>(this.inferred);
	}

	@Override
	public @Nullable BackingStore get() {
		Optional<BackingStore> found = this.store;
		while (found == null) {
			Map<Class<?>, String> inferred = inferred();
			BackingStore resolved = resolve(inferred);
			if (resolved != null) {
				this.onFound.accept(resolved);
			}
			found = remember(Optional.ofNullable(resolved), inferred.size());
		}
		return found.orElse(null);
	}

	/**
	 * Return the store if it was found.
	 * @return the store, {@code null} if nobody has used it
	 */
	@Nullable BackingStore peek() {
		Optional<BackingStore> known = this.store;
		return (known != null) ? known.orElse(null) : null;
	}

	/**
	 * Remember what was found.
	 * @param found the store, if there is one
	 * @param types how many types were known when it was looked for
	 * @return the store that is remembered, {@code null} if more became known meanwhile
	 */
	private synchronized @Nullable Optional<BackingStore> remember(Optional<BackingStore> found, int types) {
		if (this.store == null && (found.isPresent() || this.inferred.size() == types)) {
			this.store = found;
		}
		return this.store;
	}

	/**
	 * Return the type of the values, whether or not all methods agree on it.
	 * @return the type, {@code null} if there is no store
	 */
	@Nullable Class<?> findValueType() {
		BackingStore known = peek();
		if (known != null) {
			return known.keys().getValueType();
		}
		Candidate candidate = find(inferred());
		return (candidate != null) ? candidate.store().keys().getValueType() : null;
	}

	private @Nullable BackingStore resolve(Map<Class<?>, String> inferred) {
		Candidate candidate = find(inferred);
		if (candidate == null) {
			return null;
		}
		inferred.forEach((type, origin) -> check(candidate.store(), type, origin, candidate.reason()));
		return candidate.store();
	}

	private @Nullable Candidate find(Map<Class<?>, String> inferred) {
		BackingStore configured = this.resolver.resolve(this.spec, null);
		if (configured != null) {
			return new Candidate(configured, "as configured");
		}
		Candidate found = null;
		for (Map.Entry<Class<?>, String> entry : inferred.entrySet()) {
			BackingStore store = this.resolver.resolve(this.spec, entry.getKey());
			if (store != null && found == null) {
				found = new Candidate(store, "by " + entry.getValue());
			}
		}
		return found;
	}

	private void check(BackingStore store, Class<?> type, String origin, String reason) {
		Class<?> valueType = store.keys().getValueType();
		if (!valueType.isAssignableFrom(type) && !type.isAssignableFrom(valueType)) {
			throw new InvalidPolicyCacheException(
					"Cache '%s' holds %s, %s, but %s reads or writes %s".formatted(this.spec.name(),
							valueType.getName(), reason, origin, type.getName()),
					"Use a cache of its own for each type of value.");
		}
	}

	/**
	 * A store that may be that of the cache.
	 *
	 * @param store the store
	 * @param reason why it may be, as messages say it
	 */
	private record Candidate(BackingStore store, String reason) {

	}

}
