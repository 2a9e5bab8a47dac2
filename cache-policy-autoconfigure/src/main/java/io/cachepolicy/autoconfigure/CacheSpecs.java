package io.cachepolicy.autoconfigure;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.cachepolicy.WritePolicy;
import io.cachepolicy.autoconfigure.CachePolicyProperties.CacheSettings;
import io.cachepolicy.autoconfigure.LayeredSettings.Layer;
import io.cachepolicy.autoconfigure.LayeredSettings.Setting;
import io.cachepolicy.settings.CacheSpec;
import io.cachepolicy.settings.CacheSpec.Bounds;
import io.cachepolicy.settings.Isolation;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * Maps properties to the complete settings of caches.
 */
class CacheSpecs {

	private static final Bounds NOTHING = new Bounds(null, 0L, null, null, null);

	private final CachePolicyProperties properties;

	private final Collection<String> limitedNames;

	private final BoundsMapper boundsMapper;

	private final boolean passThrough;

	/**
	 * Create an instance.
	 * @param properties the properties
	 * @param limitedNames the only names there are, besides those with settings of their
	 * own; empty for no limit
	 * @param springSpec the value of {@code spring.cache.caffeine.spec}, if any
	 * @param passThrough whether nothing is to be cached and writes are not to be
	 * deferred
	 */
	CacheSpecs(CachePolicyProperties properties, Collection<String> limitedNames, @Nullable String springSpec,
			boolean passThrough) {
		this.properties = properties;
		this.limitedNames = limitedNames;
		this.boundsMapper = new BoundsMapper(springSpec);
		this.passThrough = passThrough;
	}

	/**
	 * Return the settings of the caches that are declared by properties.
	 * @return the settings
	 */
	List<CacheSpec> declared() {
		Set<String> names = new LinkedHashSet<>(this.properties.getCaches().keySet());
		names.addAll(this.limitedNames);
		return names.stream().map(this::map).toList();
	}

	/**
	 * Return the settings of a cache that is not declared by properties.
	 * @param name the name of the cache
	 * @return the settings, or {@code null} if there is no such cache
	 */
	@Nullable CacheSpec undeclared(String name) {
		return isKnown(name) ? map(name) : null;
	}

	/**
	 * Return whether there can be a cache of a name.
	 * @param name the name
	 * @return whether the name is not ruled out by a limit
	 */
	boolean isKnown(String name) {
		return this.limitedNames.isEmpty() || this.limitedNames.contains(name)
				|| this.properties.getCaches().containsKey(name);
	}

	private CacheSpec map(String name) {
		LayeredSettings settings = settings(name);
		CacheSettings store = storeProperties(settings);
		Bounds bounds = this.boundsMapper.map(settings.layers());
		return new CacheSpec(name, policy(settings), this.passThrough ? NOTHING : bounds,
				settings.get("isolation", CacheSettings::getIsolation, Isolation.COPY), absent(settings),
				List.copyOf(settings.get("invalidates", CacheSettings::getInvalidates, List.of())),
				settings.get("track-changes", CacheSettings::getTrackChanges, true),
				settings.get("detached-reads", CacheSettings::getDetachedReads, false),
				settings.get("clustered", CacheSettings::getClustered, true), store.getEntity(),
				text(store.getRepository()), text(store.getStore()), new WriteBackMapper(settings).map());
	}

	/**
	 * Return the settings of a cache, level by level.
	 * @param name the name of the cache
	 * @return the settings
	 */
	LayeredSettings settings(String name) {
		return new LayeredSettings(name, this.properties.getCaches().get(name), this.properties.getDefaults());
	}

	private static @Nullable Boolean absent(LayeredSettings settings) {
		Setting<Boolean> setting = settings.find("cache-absent", CacheSettings::getCacheAbsent);
		return (setting != null) ? setting.value() : null;
	}

	private WritePolicy policy(LayeredSettings settings) {
		return this.passThrough ? WritePolicy.WRITE_AROUND
				: settings.get("policy", CacheSettings::getPolicy, WritePolicy.WRITE_THROUGH);
	}

	private CacheSettings storeProperties(LayeredSettings settings) {
		return settings.layers()
			.stream()
			.map(Layer::properties)
			.filter((properties) -> properties.getEntity() != null || hasText(properties.getRepository())
					|| hasText(properties.getStore()))
			.findFirst()
			.orElseGet(this.properties::getDefaults);
	}

	private static boolean hasText(@Nullable String value) {
		return StringUtils.hasText(value);
	}

	private static @Nullable String text(@Nullable String value) {
		return hasText(value) ? value : null;
	}

}
