package io.cachepolicy.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.cachepolicy.cache.CacheSpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.util.StreamUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the metadata that is generated for {@link CachePolicyProperties}.
 */
class ConfigurationMetadataTests {

	private final List<Map<String, Object>> properties = read("properties");

	private final List<Map<String, Object>> hints = read("hints");

	@Test
	void everyPropertyHasDescription() {
		assertThat(this.properties).hasSizeGreaterThan(25).allSatisfy((property) -> {
			assertThat((String) property.get("description")).as("%s", property.get("name")).isNotBlank().endsWith(".");
			assertThat(property).containsKey("type");
		});
	}

	@Test
	void everyDefaultOfWriteBackIsKnown() {
		assertThat(this.properties)
			.filteredOn((property) -> ((String) property.get("name")).startsWith("cache-policy.defaults.write-back."))
			.hasSize(17)
			.allSatisfy((property) -> assertThat(property).containsKey("defaultValue"));
	}

	@Test
	void defaultsAreThoseThatApply() {
		MapConfigurationPropertySource source = new MapConfigurationPropertySource();
		this.properties.stream()
			.filter((property) -> property.get("defaultValue") != null)
			.forEach((property) -> source.put((String) property.get("name"), property.get("defaultValue")));
		CachePolicyProperties described = new Binder(source).bind("cache-policy", CachePolicyProperties.class).get();
		CachePolicyProperties unset = new CachePolicyProperties();
		assertThat(spec(described)).isEqualTo(spec(unset));
		assertThat(described.isEnabled()).isEqualTo(unset.isEnabled());
		assertThat(described.getShutdownTimeout()).isEqualTo(unset.getShutdownTimeout());
	}

	@Test
	void everyHintIsOfProperty() {
		assertThat(this.hints).extracting((hint) -> hint.get("name"))
			.filteredOn((name) -> !"cache-policy.caches.keys".equals(name))
			.isNotEmpty()
			.isSubsetOf(this.properties.stream().map((property) -> property.get("name")).toList());
	}

	private static @Nullable CacheSpec spec(CachePolicyProperties properties) {
		return new CacheSpecs(properties, List.of(), null, false).undeclared("products");
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> read(String group) {
		try (InputStream stream = CachePolicyProperties.class
			.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			String json = StreamUtils.copyToString(stream, StandardCharsets.UTF_8);
			Map<String, Object> metadata = JsonParserFactory.getJsonParser().parseMap(json);
			return new ArrayList<>((List<Map<String, Object>>) metadata.get(group));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
