package io.cachepolicy.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import io.cachepolicy.settings.CacheSpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.util.StreamUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the metadata that is generated for {@link CachePolicyProperties} and
 * {@link CachePolicyHealthProperties}.
 */
class ConfigurationMetadataTests {

	private static final List<String> WITHOUT_DEFAULT = List.of("cache-policy.caches", "cache-policy.defaults.entity",
			"cache-policy.defaults.repository", "cache-policy.defaults.store", "cache-policy.defaults.spec",
			"cache-policy.defaults.expire-after-write", "cache-policy.defaults.expire-after-access",
			"cache-policy.defaults.refresh-after-write", "cache-policy.defaults.invalidates",
			"cache-policy.defaults.cache-absent");

	private static final Set<Class<?>> NESTED = Set.of(CachePolicyProperties.CacheSettings.class,
			CachePolicyProperties.WriteBack.class, CachePolicyProperties.Retry.class);

	private final List<Map<String, Object>> properties = read("properties");

	private final List<Map<String, Object>> hints = read("hints");

	@Test
	void everyPropertyHasDescriptionAndType() {
		assertThat(this.properties).hasSizeGreaterThan(35).allSatisfy((property) -> {
			assertThat((String) property.get("description")).as("description of %s", property.get("name"))
				.isNotBlank()
				.endsWith(".");
			assertThat(property).as("%s", property.get("name")).containsKey("type");
		});
	}

	@Test
	void everyPropertyOfTheClassesIsDescribed() {
		Set<String> names = new TreeSet<>();
		collect("cache-policy", CachePolicyProperties.class, names);
		collect("management.health.cache-policy", CachePolicyHealthProperties.class, names);
		assertThat(names).hasSizeGreaterThan(30);
		assertThat(names()).containsAll(names);
	}

	@Test
	void everyDefaultIsKnown() {
		assertThat(this.properties).filteredOn((property) -> !property.containsKey("defaultValue"))
			.extracting((property) -> property.get("name"))
			.containsExactlyInAnyOrderElementsOf(WITHOUT_DEFAULT);
	}

	@Test
	void everyValueOfEnumIsHinted() throws ClassNotFoundException {
		List<String> enums = new ArrayList<>();
		for (Map<String, Object> property : this.properties) {
			String type = (String) property.get("type");
			if (type.startsWith("io.cachepolicy.") && Class.forName(type).isEnum()) {
				enums.add((String) property.get("name"));
				List<String> constants = Stream.of(Class.forName(type).getEnumConstants())
					.map((constant) -> constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
					.toList();
				assertThat(hintedValues((String) property.get("name"))).as("values of %s", property.get("name"))
					.containsExactlyElementsOf(constants);
			}
		}
		assertThat(enums).hasSize(5);
	}

	@Test
	void everyHintedValueHasDescription() {
		assertThat(this.hints).filteredOn((hint) -> hint.containsKey("values"))
			.flatExtracting((hint) -> list(hint.get("values")))
			.hasSizeGreaterThan(10)
			.allSatisfy((value) -> assertThat((String) value.get("description")).isNotBlank().endsWith("."));
	}

	@Test
	void everyNameAndTextIsHinted() {
		List<String> texts = List.of("java.lang.String", "java.lang.Class<?>", "java.util.List<java.lang.String>");
		assertThat(this.properties).filteredOn((property) -> texts.contains(property.get("type")))
			.extracting((property) -> property.get("name"))
			.hasSize(5)
			.isSubsetOf(this.hints.stream().map((hint) -> hint.get("name")).toList());
	}

	@Test
	void namesOfCachesAreHintedAndTheirSettingsKnown() {
		assertThat(this.hints).extracting((hint) -> hint.get("name")).contains("cache-policy.caches.keys");
		assertThat(this.properties).filteredOn((property) -> "cache-policy.caches".equals(property.get("name")))
			.extracting((property) -> property.get("type"))
			.containsExactly(
					"java.util.Map<java.lang.String," + CachePolicyProperties.CacheSettings.class.getName() + ">");
	}

	@Test
	void everyDeprecatedPropertyNamesItsReplacement() {
		assertThat(deprecatedWithoutReplacement(this.properties)).isEmpty();
	}

	@Test
	void deprecatedPropertyWithoutReplacementIsFound() {
		List<Map<String, Object>> sample = group("properties", """
				{ "properties": [
					{ "name": "current" },
					{ "name": "replaced", "deprecated": true,
						"deprecation": { "replacement": "current", "since": "1.1.0" } },
					{ "name": "unexplained", "deprecated": true },
					{ "name": "without-replacement", "deprecated": true, "deprecation": { "since": "1.1.0" } },
					{ "name": "without-since", "deprecation": { "replacement": "current" } },
					{ "name": "blank", "deprecation": { "replacement": "", "since": "1.1.0" } } ] }
				""");
		assertThat(deprecatedWithoutReplacement(sample)).containsExactly("unexplained", "without-replacement",
				"without-since", "blank");
	}

	private static List<Object> deprecatedWithoutReplacement(List<Map<String, Object>> properties) {
		return properties.stream()
			.filter((property) -> property.containsKey("deprecated") || property.containsKey("deprecation"))
			.filter((property) -> !(property.get("deprecation") instanceof Map<?, ?> deprecation
					&& hasText(deprecation.get("replacement")) && hasText(deprecation.get("since"))))
			.map((property) -> property.get("name"))
			.toList();
	}

	private static boolean hasText(@Nullable Object value) {
		return value instanceof String text && !text.isBlank();
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
			.isSubsetOf(names());
	}

	private List<Object> names() {
		return this.properties.stream().map((property) -> property.get("name")).toList();
	}

	private List<String> hintedValues(String name) {
		return this.hints.stream()
			.filter((hint) -> name.equals(hint.get("name")))
			.flatMap((hint) -> list(hint.get("values")).stream())
			.map((value) -> String.valueOf(value.get("value")))
			.toList();
	}

	/**
	 * Collect the names of the properties of a class and of its nested ones.
	 * @param prefix what the names begin with
	 * @param type the class
	 * @param names where the names are added
	 */
	private static void collect(String prefix, Class<?> type, Set<String> names) {
		for (Field field : type.getDeclaredFields()) {
			String name = prefix + "." + field.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
			if (NESTED.contains(field.getType())) {
				collect(name, field.getType(), names);
			}
			else if (!field.isSynthetic()) {
				names.add(name);
			}
		}
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> list(@Nullable Object value) {
		return (value != null) ? (List<Map<String, Object>>) value : List.of();
	}

	private static @Nullable CacheSpec spec(CachePolicyProperties properties) {
		return new CacheSpecs(properties, List.of(), null, false).undeclared("products");
	}

	private static List<Map<String, Object>> read(String group) {
		try (InputStream stream = CachePolicyProperties.class
			.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			String json = StreamUtils.copyToString(stream, StandardCharsets.UTF_8);
			return group(group, json);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static List<Map<String, Object>> group(String group, String json) {
		return list(JsonParserFactory.getJsonParser().parseMap(json).get(group));
	}

}
