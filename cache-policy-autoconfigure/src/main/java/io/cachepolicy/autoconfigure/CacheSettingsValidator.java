package io.cachepolicy.autoconfigure;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.WritePolicy;
import io.cachepolicy.autoconfigure.CachePolicyProperties.CacheSettings;
import io.cachepolicy.autoconfigure.LayeredSettings.Setting;
import io.cachepolicy.cache.ConfigurablePolicyCacheManager;
import io.cachepolicy.cache.ManagedPolicyCache;
import io.cachepolicy.settings.CacheSpec;
import io.cachepolicy.settings.Isolation;
import io.cachepolicy.settings.OnConflict;
import io.cachepolicy.settings.StoreMode;
import io.cachepolicy.spi.BackingStore;
import io.cachepolicy.spi.CacheStoreAdapter;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Checks settings that only make sense together with others, with the application's
 * methods or with its stores.
 */
class CacheSettingsValidator {

	private static final Log logger = LogFactory.getLog(CacheSettingsValidator.class);

	private static final String BUCKET = "io.github.bucket4j.Bucket";

	private final CachePolicyProperties properties;

	private final CacheSpecs specs;

	private final Problems problems;

	CacheSettingsValidator(CachePolicyProperties properties, CacheSpecs specs, Problems problems) {
		this.properties = properties;
		this.specs = specs;
		this.problems = problems;
	}

	/**
	 * Return whether there can be a cache of a name.
	 * @param name the name
	 * @return whether the name is not ruled out by a limit
	 */
	boolean isKnown(String name) {
		return this.specs.isKnown(name);
	}

	/**
	 * Check the settings of the application as a whole.
	 */
	void validateApplication() {
		Duration timeout = this.properties.getShutdownTimeout();
		this.problems.check(() -> new Setting<>("cache-policy.shutdown-timeout", timeout).require(!timeout.isNegative(),
				"of at least 0"));
		this.problems.check(() -> validateTracking(new LayeredSettings(this.properties.getDefaults())));
	}

	/**
	 * Check the names of caches that annotations use.
	 * @param uses the methods and repositories
	 */
	void validateNames(List<CacheUse> uses) {
		Set<String> used = uses.stream().map(CacheUse::cacheName).collect(Collectors.toSet());
		for (CacheUse use : uses) {
			Stream.concat(Stream.of(use.cacheName()), use.evicts().stream())
				.forEach((name) -> this.problems.check(() -> validateName(name, use, used)));
		}
	}

	private void validateName(String name, CacheUse use, Set<String> used) {
		if (!this.properties.getCaches().containsKey(name)) {
			this.properties.getCaches()
				.keySet()
				.stream()
				.filter((configured) -> !used.contains(configured) && bare(configured).equals(bare(name)))
				.findFirst()
				.ifPresent((configured) -> failOnLostCharacters(name, configured, use));
		}
	}

	private void failOnLostCharacters(String name, String configured, CacheUse use) {
		throw new InvalidPolicyCacheException(
				"%s uses the cache '%s', but there are only settings for '%s'".formatted(use.origin(), name,
						configured),
				"Write the exact name, in brackets to keep all its characters: cache-policy.caches[%s]"
					.formatted(name));
	}

	private static String bare(String name) {
		return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
	}

	/**
	 * Check which caches invalidate which.
	 * @param known the names of all caches
	 */
	void validateInvalidates(Collection<String> known) {
		for (String name : known) {
			invalidates(name)
				.forEach((invalidated) -> this.problems.check(() -> validateInvalidated(name, invalidated, known)));
		}
	}

	private void validateInvalidated(String name, String invalidated, Collection<String> known) {
		if (!known.contains(invalidated)) {
			throw new InvalidPolicyCacheException(
					"Property '%s' names the cache '%s', which does not exist".formatted(invalidatesProperty(name),
							invalidated),
					"Correct the name, or declare the cache under '%s'."
						.formatted(CacheSpec.propertiesOf(invalidated)));
		}
		if (invalidated.equals(name)) {
			throw new InvalidPolicyCacheException(
					"Property '%s' makes the cache '%s' invalidate itself".formatted(invalidatesProperty(name), name),
					"Remove it from 'invalidates'.");
		}
	}

	private List<String> invalidates(String name) {
		return this.specs.settings(name).get("invalidates", CacheSettings::getInvalidates, List.of());
	}

	private @Nullable String invalidatesProperty(String name) {
		var setting = this.specs.settings(name).find("invalidates", CacheSettings::getInvalidates);
		return (setting != null) ? setting.property() : null;
	}

	/**
	 * Check that there is what a limit of writes per second needs.
	 * @param classLoader the class loader of the application
	 */
	void validatePace(@Nullable ClassLoader classLoader) {
		if (!ClassUtils.isPresent(BUCKET, classLoader)) {
			this.problems.check(() -> failIfPaced(LayeredSettings.DEFAULTS, this.properties.getDefaults()));
			this.properties.getCaches()
				.forEach((name, own) -> this.problems.check(() -> failIfPaced(CacheSpec.propertiesOf(name), own)));
		}
	}

	private void failIfPaced(String prefix, CacheSettings properties) {
		Long rate = properties.getWriteBack().getMaxWritesPerSecond();
		if (rate != null && rate > 0) {
			throw new InvalidPolicyCacheException(
					"Property '%s.write-back.max-writes-per-second' is %d, but Bucket4j, which limits writes, is not on the class path"
						.formatted(prefix, rate),
					"Add the dependency 'com.bucket4j:bucket4j_jdk17-core', which 'io.cachepolicy:cache-policy-starter' brings, or remove the property.");
		}
	}

	/**
	 * Check the settings that need a store.
	 * @param uses the methods and repositories
	 * @param manager knows which caches have a store
	 */
	void validateStores(List<CacheUse> uses, ConfigurablePolicyCacheManager manager) {
		this.properties.getCaches()
			.forEach((name, own) -> this.problems.check(() -> validateStore(name, own, uses, manager)));
	}

	private void validateStore(String name, CacheSettings own, List<CacheUse> uses,
			ConfigurablePolicyCacheManager manager) {
		String prefix = CacheSpec.propertiesOf(name);
		ManagedPolicyCache cache = manager.getCache(name);
		BackingStore store = (cache != null) ? cache.findStore() : null;
		if (store == null) {
			failIfSet(prefix, "policy", own.getPolicy());
			failIfSet(prefix, "refresh-after-write", own.getRefreshAfterWrite());
			WriteBackMapper.findOwn(own).forEach((property) -> failIfSet(prefix, property, true));
		}
		this.problems.check(() -> validateIsolation(prefix, own));
		if (store instanceof CacheStoreAdapter) {
			this.problems.check(() -> validateStoreMode(prefix, own));
			this.problems.check(() -> validateOnConflict(prefix, own));
			this.problems.check(() -> validateFlushBeforeQueries(prefix, own));
		}
		else if (store != null && isWriteBack(name, uses)) {
			this.problems.check(() -> validateTracking(this.specs.settings(name)));
		}
		validateWriteBack(name, prefix, own, uses);
	}

	private void failIfSet(String prefix, String name, @Nullable Object value) {
		if (value != null) {
			this.problems.add(new InvalidPolicyCacheException(
					"Property '%s.%s' is set, but the cache has no store".formatted(prefix, name),
					"Name the store with '%1$s.entity', '%1$s.repository' or '%1$s.store', or remove the property."
						.formatted(prefix)));
		}
	}

	private void validateIsolation(String prefix, CacheSettings own) {
		if (own.getIsolation() == Isolation.COPY && own.getStore() != null) {
			throw new InvalidPolicyCacheException(
					"Property '%s.isolation' is copy, but values of a CacheStore are not entities, so that they can't be copied"
						.formatted(prefix),
					"Name the entity with '%1$s.entity' instead of '%1$s.store', or remove the property."
						.formatted(prefix));
		}
	}

	private void validateStoreMode(String prefix, CacheSettings own) {
		StoreMode mode = own.getWriteBack().getStoreMode();
		if (mode != null && mode != StoreMode.AUTO) {
			throw new InvalidPolicyCacheException(
					"Property '%s.write-back.store-mode' is %s, but values of a CacheStore are not entities: the CacheStore itself decides how it writes them"
						.formatted(prefix, describe(mode)),
					"Remove the property.");
		}
	}

	private void validateFlushBeforeQueries(String prefix, CacheSettings own) {
		if (Boolean.TRUE.equals(own.getWriteBack().getFlushBeforeQueries())) {
			throw new InvalidPolicyCacheException(
					"Property '%s.write-back.flush-before-queries' is true, but values of a CacheStore are not entities, so that no query by Hibernate finds them"
						.formatted(prefix),
					"Remove the property.");
		}
	}

	private void validateTracking(LayeredSettings settings) {
		Setting<Boolean> flush = settings.find("write-back.flush-before-queries",
				(properties) -> properties.getWriteBack().getFlushBeforeQueries());
		Setting<Boolean> track = settings.find("track-changes", CacheSettings::getTrackChanges);
		if (flush != null && flush.value() && track != null && !track.value()) {
			throw new InvalidPolicyCacheException(
					"Property '%s' is true, but '%s' is false, so that no query is noticed".formatted(flush.property(),
							track.property()),
					"Set '%1$s.track-changes' to true, or '%1$s.write-back.flush-before-queries' to false."
						.formatted(settings.layers().get(0).prefix()));
		}
	}

	private void validateOnConflict(String prefix, CacheSettings own) {
		OnConflict onConflict = own.getWriteBack().getOnConflict();
		if (onConflict == OnConflict.CACHE_WINS) {
			throw new InvalidPolicyCacheException(
					"Property '%s.write-back.on-conflict' is %s, but values of a CacheStore are not entities, so that they can't be given the version of their row"
						.formatted(prefix, describe(onConflict)),
					"Let the CacheStore overwrite what others wrote, and remove the property.");
		}
	}

	private static String describe(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	private void validateWriteBack(String name, String prefix, CacheSettings own, List<CacheUse> uses) {
		List<String> writeBack = WriteBackMapper.findOwn(own);
		if (!writeBack.isEmpty() && !isWriteBack(name, uses)) {
			// No failure: an operator may switch the policy alone
			logger.warn("Nothing writes back to the cache '%s', so that these properties have no effect: %s. "
				.formatted(name,
						writeBack.stream()
							.map((property) -> "'%s.%s'".formatted(prefix, property))
							.collect(Collectors.joining(", ")))
					+ "Set '%s.policy' to write-back, or remove them.".formatted(prefix));
		}
	}

	/**
	 * Warn of caches whose writes each instance defers on its own.
	 * @param uses the methods and repositories
	 * @param manager has the caches
	 */
	void warnOfSharedWriteBack(List<CacheUse> uses, ConfigurablePolicyCacheManager manager) {
		List<String> names = manager.getCacheNames()
			.stream()
			.filter((name) -> this.specs.settings(name).get("clustered", CacheSettings::getClustered, true))
			.filter((name) -> isWriteBack(name, uses))
			.sorted()
			.toList();
		if (!names.isEmpty()) {
			logger.warn(("Several instances may write back to the caches %s. Each flushes its own pending writes, and "
					+ "does not see those of the others: rows with @Version conflict, others end with the last flush. "
					+ "Let requests for a row go to one instance, give the entities a version, or write through.")
				.formatted(names));
		}
	}

	private boolean isWriteBack(String name, List<CacheUse> uses) {
		WritePolicy policy = this.specs.settings(name)
			.get("policy", CacheSettings::getPolicy, WritePolicy.WRITE_THROUGH);
		return policy == WritePolicy.WRITE_BACK || uses.stream()
			.anyMatch((use) -> use.cacheName().equals(name) && use.policy() == WritePolicy.WRITE_BACK);
	}

}
