package io.cachepolicy.actuate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.json.JsonParserFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The answers that {@code docs/operations.md} shows, below the commands that ask for
 * them.
 */
final class DocumentedAnswers {

	private static final Path DOCUMENTATION = Path.of("../docs/operations.md");

	private static final Pattern ANSWER = Pattern.compile(
			"^\\$ curl [^\\n]*localhost:8080([^'| \\n]*)[^\\n]*\\n(\\{.*?^})$", Pattern.MULTILINE | Pattern.DOTALL);

	/**
	 * Objects whose fields are the names of caches.
	 */
	private static final Set<String> BY_CACHE = Set.of("caches", "details.storesAway", "details.deadLetters",
			"details.backlogs");

	private final Map<String, Set<String>> answers = new LinkedHashMap<>();

	static DocumentedAnswers read() {
		DocumentedAnswers documented = new DocumentedAnswers();
		try {
			Matcher answer = ANSWER.matcher(Files.readString(DOCUMENTATION));
			while (answer.find()) {
				documented.answers.put(answer.group(1),
						fieldsOf(JsonParserFactory.getJsonParser().parseMap(answer.group(2))));
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		return documented;
	}

	/**
	 * Return the fields of an answer.
	 * @param uri the path and the query of the request
	 * @return the paths of the fields
	 */
	Set<String> fields(String uri) {
		assertThat(this.answers).containsKey(uri);
		return this.answers.get(uri);
	}

	/**
	 * Return the fields of an object and of those in it.
	 * @param json the object
	 * @return the paths of the fields, with {@code *} for the name of a cache
	 */
	static Set<String> fieldsOf(Map<String, Object> json) {
		Set<String> fields = new TreeSet<>();
		collect("", json, fields);
		return fields;
	}

	private static void collect(String path, @Nullable Object value, Set<String> fields) {
		if (value instanceof Map<?, ?> map) {
			map.forEach((name, field) -> {
				String child = ((path.isEmpty()) ? "" : path + ".") + (BY_CACHE.contains(path) ? "*" : name);
				fields.add(child);
				collect(child, field, fields);
			});
		}
		else if (value instanceof List<?> list) {
			list.forEach((element) -> collect(path + "[]", element, fields));
		}
	}

}
