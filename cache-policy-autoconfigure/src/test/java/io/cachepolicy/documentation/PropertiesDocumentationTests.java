package io.cachepolicy.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the properties which the documentation mentions exist: those of YAML blocks,
 * and those that are written out anywhere.
 */
class PropertiesDocumentationTests {

	private static final Path METADATA = Path.of("target/classes/META-INF/spring-configuration-metadata.json");

	// Modules are built after this one: their sources tell
	private static final List<Path> MODULES = List.of(
			Path.of("../cache-policy-journal/src/main/java/io/cachepolicy/journal/JournalProperties.java"),
			Path.of("../cache-policy-hazelcast/src/main/java/io/cachepolicy/hazelcast/ClusterProperties.java"));

	private static final Pattern NAME = Pattern.compile("\"name\": \"(cache-policy[\\w.-]*)\"");

	private static final Pattern PREFIX = Pattern.compile("@ConfigurationProperties\\(.*\"(cache-policy[\\w.-]*)\"");

	private static final Pattern FIELD = Pattern
		.compile("static class (\\w+)|private (?:final )?(?:@Nullable )?[\\w<>]+ (\\w+)(?: =.*)?;");

	private static final Pattern MENTION = Pattern.compile(
			"(?<![\\w/.:-])cache-policy\\.(?:[a-z][a-z-]*|caches\\.<?\\w+>?|caches\\[[\\w.]+\\])(?:\\.[a-z][a-z-]*)*");

	@Test
	void propertiesExist() throws IOException {
		Set<String> known = known();
		List<String> unknown = new ArrayList<>();
		int mentions = 0;
		for (MarkdownPage page : MarkdownPage.all()) {
			for (String property : mentioned(page)) {
				mentions++;
				String name = property.replaceFirst("^cache-policy\\.caches(\\.[^.]+|\\[[^\\]]+\\])",
						"cache-policy.defaults");
				if (known.stream().noneMatch((other) -> other.equals(name) || other.startsWith(name + "."))) {
					unknown.add(page + ": " + property);
				}
			}
		}
		assertThat(unknown).isEmpty();
		assertThat(mentions).isGreaterThan(50);
	}

	private static List<String> mentioned(MarkdownPage page) {
		List<String> properties = new ArrayList<>();
		MENTION.matcher(page.text()).results().forEach((mention) -> properties.add(mention.group()));
		for (String block : page.blocks("yaml")) {
			YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
			yaml.setResources(new ByteArrayResource(block.getBytes()));
			yaml.getObject()
				.stringPropertyNames()
				.stream()
				.filter((name) -> name.startsWith("cache-policy."))
				.map((name) -> name.replaceFirst("\\[\\d+\\]$", ""))
				.forEach(properties::add);
		}
		return properties;
	}

	private static Set<String> known() throws IOException {
		Set<String> known = new TreeSet<>();
		NAME.matcher(Files.readString(METADATA)).results().forEach((name) -> known.add(name.group(1)));
		for (Path module : MODULES) {
			addFields(Files.readString(module), known);
		}
		return known;
	}

	private static void addFields(String source, Set<String> known) {
		Matcher prefix = PREFIX.matcher(source);
		assertThat(prefix.find()).isTrue();
		String group = prefix.group(1);
		for (Matcher field = FIELD.matcher(source); field.find();) {
			if (field.group(1) != null) {
				group = prefix.group(1) + "." + kebab(field.group(1));
			}
			else {
				known.add(group + "." + kebab(field.group(2)));
			}
		}
	}

	private static String kebab(String name) {
		return name.replaceAll("(?<!^)([A-Z])", "-$1").toLowerCase(Locale.ROOT);
	}

}
