package io.cachepolicy.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import com.github.benmanes.caffeine.cache.CaffeineSpec;
import io.cachepolicy.InvalidPolicyCacheException;
import io.cachepolicy.autoconfigure.CachePolicyProperties.CacheSettings;
import io.cachepolicy.autoconfigure.LayeredSettings.Layer;
import io.cachepolicy.settings.CacheSpec.Bounds;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.StringUtils;

/**
 * Maps size and expiry. A specification replaces what is set farther away; a separate
 * property replaces only its own part of it.
 */
class BoundsMapper {

	private static final String MAXIMUM_SIZE = "maximumSize";

	private static final String EXPIRE_AFTER_WRITE = "expireAfterWrite";

	private static final String EXPIRE_AFTER_ACCESS = "expireAfterAccess";

	private static final String REFRESH_AFTER_WRITE = "refreshAfterWrite";

	private static final String DEFAULT_SIZE = "10000";

	private final @Nullable String springSpec;

	BoundsMapper(@Nullable String springSpec) {
		this.springSpec = springSpec;
	}

	/**
	 * Map the settings of a cache.
	 * @param layers the settings, nearest first
	 * @return size and expiry
	 * @throws InvalidPolicyCacheException if they contradict each other
	 */
	Bounds map(List<Layer> layers) {
		Map<String, String> parts = new LinkedHashMap<>();
		parts.put(MAXIMUM_SIZE, DEFAULT_SIZE);
		if (StringUtils.hasText(this.springSpec)) {
			parts = parse("spring.cache.caffeine.spec", this.springSpec);
		}
		for (int i = layers.size() - 1; i >= 0; i--) {
			parts = apply(layers.get(i), parts);
		}
		return toBounds(parts);
	}

	private Map<String, String> apply(Layer layer, Map<String, String> inherited) {
		Map<String, String> own = separate(layer);
		String spec = layer.properties().getSpec();
		if (StringUtils.hasText(spec)) {
			if (!own.isEmpty()) {
				throw new InvalidPolicyCacheException(
						"Property '%s.spec' is set together with separate properties for %s".formatted(layer.prefix(),
								String.join(", ", own.keySet())),
						"Keep either 'spec' or the separate properties.");
			}
			return parse(layer.prefix() + ".spec", spec);
		}
		Map<String, String> parts = new LinkedHashMap<>(inherited);
		parts.putAll(own);
		if (own.containsKey(MAXIMUM_SIZE)) {
			parts.remove("maximumWeight");
		}
		return parts;
	}

	private Map<String, String> separate(Layer layer) {
		CacheSettings properties = layer.properties();
		Map<String, String> parts = new LinkedHashMap<>();
		Long maximumSize = properties.getMaximumSize();
		if (maximumSize != null) {
			require(layer, "maximum-size", maximumSize, maximumSize > 0);
			parts.put(MAXIMUM_SIZE, maximumSize.toString());
		}
		put(parts, EXPIRE_AFTER_WRITE, layer, "expire-after-write", properties.getExpireAfterWrite());
		put(parts, EXPIRE_AFTER_ACCESS, layer, "expire-after-access", properties.getExpireAfterAccess());
		put(parts, REFRESH_AFTER_WRITE, layer, "refresh-after-write", properties.getRefreshAfterWrite());
		return parts;
	}

	private void put(Map<String, String> parts, String part, Layer layer, String name, @Nullable Duration duration) {
		if (duration != null) {
			require(layer, name, duration, !duration.isNegative() && !duration.isZero());
			parts.put(part, duration.toString());
		}
	}

	private void require(Layer layer, String name, Object value, boolean valid) {
		new LayeredSettings.Setting<>(layer.prefix() + "." + name, value).require(valid, "above 0");
	}

	private Map<String, String> parse(String property, String spec) {
		try {
			CaffeineSpec.parse(spec);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidPolicyCacheException(
					"Property '%s' is not a valid CaffeineSpec: %s".formatted(property, ex.getMessage()),
					"Correct it, as in \"maximumSize=10000,expireAfterWrite=5m\".", ex);
		}
		Map<String, String> parts = new LinkedHashMap<>();
		for (String part : spec.split(",")) {
			String[] pair = part.split("=", 2);
			if (StringUtils.hasText(part)) {
				parts.put(pair[0].trim(), (pair.length > 1) ? pair[1].trim() : "");
			}
		}
		if (parts.containsKey("weakKeys")) {
			throw new InvalidPolicyCacheException(
					"Property '%s' asks for weakKeys, by which equal keys are not the same key".formatted(property),
					"Remove 'weakKeys', and set 'maximumSize' to limit the memory.");
		}
		parts.remove("recordStats");
		return parts;
	}

	private Bounds toBounds(Map<String, String> parts) {
		Map<String, String> others = new LinkedHashMap<>(parts);
		List.of(MAXIMUM_SIZE, EXPIRE_AFTER_WRITE, EXPIRE_AFTER_ACCESS, REFRESH_AFTER_WRITE).forEach(others::remove);
		if (!others.isEmpty()) {
			return new Bounds(format(parts), null, null, null, null);
		}
		String maximumSize = parts.get(MAXIMUM_SIZE);
		return new Bounds(null, (maximumSize != null) ? Long.valueOf(maximumSize.replace("_", "")) : null,
				duration(parts.get(EXPIRE_AFTER_WRITE)), duration(parts.get(EXPIRE_AFTER_ACCESS)),
				duration(parts.get(REFRESH_AFTER_WRITE)));
	}

	private @Nullable Duration duration(@Nullable String value) {
		return (value != null) ? DurationStyle.detectAndParse(value.replace("_", "")) : null;
	}

	private String format(Map<String, String> parts) {
		return parts.entrySet()
			.stream()
			.map((part) -> part.getValue().isEmpty() ? part.getKey() : part.getKey() + "=" + part.getValue())
			.collect(Collectors.joining(","));
	}

}
