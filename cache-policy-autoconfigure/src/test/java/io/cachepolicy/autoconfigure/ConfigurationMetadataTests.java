package io.cachepolicy.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.json.JsonParserFactory;
import org.springframework.util.StreamUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the metadata that is generated for {@link CachePolicyProperties}.
 */
class ConfigurationMetadataTests {

	private final List<Map<String, Object>> properties = read();

	@Test
	void everyPropertyHasDescription() {
		assertThat(this.properties).hasSizeGreaterThan(25).allSatisfy((property) -> {
			assertThat((String) property.get("description")).as("%s", property.get("name")).isNotBlank().endsWith(".");
			assertThat(property).containsKey("type");
		});
	}

	@Test
	void everyDefaultOfCacheIsKnown() {
		assertThat(this.properties)
			.filteredOn((property) -> ((String) property.get("name")).startsWith("cache-policy.defaults.write-back"))
			.hasSize(12)
			.allSatisfy((property) -> assertThat(property).containsKey("defaultValue"));
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> read() {
		try (InputStream stream = CachePolicyProperties.class
			.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			String json = StreamUtils.copyToString(stream, StandardCharsets.UTF_8);
			Map<String, Object> metadata = JsonParserFactory.getJsonParser().parseMap(json);
			return new ArrayList<>((List<Map<String, Object>>) metadata.get("properties"));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
