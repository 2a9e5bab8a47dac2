package io.cachepolicy.autoconfigure;

import java.util.List;
import java.util.function.Function;

import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.autoconfigure.CachePolicyProperties.CacheSettings;
import io.cachepolicy.settings.CacheSpec;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one cache: its own, then the defaults. The nearest one counts. Or the
 * defaults alone.
 */
class LayeredSettings {

	static final String DEFAULTS = "cache-policy.defaults";

	private final List<Layer> layers;

	LayeredSettings(String cacheName, @Nullable CacheSettings own, CacheSettings defaults) {
		Layer shared = new Layer(DEFAULTS, defaults);
		this.layers = (own != null) ? List.of(new Layer(CacheSpec.propertiesOf(cacheName), own), shared)
				: List.of(shared);
	}

	LayeredSettings(CacheSettings defaults) {
		this.layers = List.of(new Layer(DEFAULTS, defaults));
	}

	/**
	 * Return the layers.
	 * @return the layers, nearest first
	 */
	List<Layer> layers() {
		return this.layers;
	}

	/**
	 * Find the nearest value of a setting.
	 * @param <T> the type of the value
	 * @param name the name of the property, below that of a cache
	 * @param getter reads the setting
	 * @return the value and where it is set, or {@code null} if it is nowhere
	 */
	<T> @Nullable Setting<T> find(String name, Function<CacheSettings, @Nullable T> getter) {
		for (Layer layer : this.layers) {
			T value = getter.apply(layer.properties());
			if (value != null) {
				return new Setting<>(layer.prefix() + "." + name, value);
			}
		}
		return null;
	}

	/**
	 * Return the nearest value of a setting.
	 * @param <T> the type of the value
	 * @param name the name of the property, below that of a cache
	 * @param getter reads the setting
	 * @param builtIn the value if the setting is nowhere
	 * @return the value
	 */
	<T> T get(String name, Function<CacheSettings, @Nullable T> getter, T builtIn) {
		Setting<T> setting = find(name, getter);
		return (setting != null) ? setting.value() : builtIn;
	}

	/**
	 * The settings of one level.
	 *
	 * @param prefix the prefix of their properties
	 * @param properties the settings
	 */
	record Layer(String prefix, CacheSettings properties) {

	}

	/**
	 * A setting.
	 *
	 * @param <T> the type of the value
	 * @param property the property
	 * @param value its value
	 */
	record Setting<T>(String property, T value) {

		/**
		 * Check the value.
		 * @param valid whether it is valid
		 * @param requirement what it has to be
		 * @return the value
		 */
		T require(boolean valid, String requirement) {
			if (!valid) {
				throw new InvalidPolicyCacheException("Property '%s' is %s".formatted(this.property, this.value),
						"Set it to a value %s.".formatted(requirement));
			}
			return this.value;
		}

	}

}
