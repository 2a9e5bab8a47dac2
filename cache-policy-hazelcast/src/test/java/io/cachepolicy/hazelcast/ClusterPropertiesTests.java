package io.cachepolicy.hazelcast;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the metadata and the documentation of {@link ClusterProperties}.
 */
class ClusterPropertiesTests {

	private static final String PREFIX = "cache-policy.cluster.";

	private static final List<String> WITHOUT_DEFAULT = List.of("address", "config", "kubernetes.namespace",
			"kubernetes.service-dns", "kubernetes.service-name", "members", "port");

	private static final Path PAGE = Path.of("../docs/properties.md");

	@Test
	void everyPropertyHasDescriptionAndDefault() throws IOException {
		List<Map<String, Object>> properties = properties();
		assertThat(properties).hasSize(13).allSatisfy((property) -> {
			assertThat((String) property.get("description")).as("%s", property).isNotBlank().endsWith(".");
			assertThat(property.containsKey("defaultValue")).as("%s", property)
				.isNotEqualTo(WITHOUT_DEFAULT.contains(nameOf(property)));
		});
	}

	@Test
	void everyPropertyIsDocumented() throws IOException {
		String page = Files.readString(PAGE);
		String section = page.substring(page.indexOf("## Several instances"), page.indexOf("## Inheritance"));
		List<String> documented = Pattern.compile("^\\| `([a-z.-]+)` \\|", Pattern.MULTILINE)
			.matcher(section)
			.results()
			.map((row) -> row.group(1))
			.toList();
		assertThat(documented)
			.containsExactlyInAnyOrderElementsOf(properties().stream().map(ClusterPropertiesTests::nameOf).toList());
	}

	private static String nameOf(Map<String, Object> property) {
		return ((String) property.get("name")).substring(PREFIX.length());
	}

	/**
	 * Read the metadata of this module, which is not the only one on the class path.
	 * @return the properties
	 * @throws IOException if that fails
	 */
	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> properties() throws IOException {
		List<Map<String, Object>> found = new ArrayList<>();
		for (URL url : Collections.list(ClusterPropertiesTests.class.getClassLoader()
			.getResources("META-INF/spring-configuration-metadata.json"))) {
			try (InputStream in = url.openStream()) {
				String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
				if (text.contains(PREFIX)) {
					Map<String, Object> metadata = new Yaml().load(text);
					found.addAll((List<Map<String, Object>>) metadata.get("properties"));
				}
			}
		}
		// The module of the caches names a property in a text
		found.removeIf((property) -> !((String) property.get("name")).startsWith(PREFIX));
		return found;
	}

}
