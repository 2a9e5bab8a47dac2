package io.cachepolicy.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the tests which the documentation names for its promises exist.
 */
class ConsistencyDocumentationTests {

	private static final Path PAGE = Path.of("../docs/consistency.md");

	private static final List<Path> SOURCES = List.of(Path.of("src/test/java"), Path.of("../sample-app/src/test/java"),
			Path.of("../cache-policy-hazelcast/src/test/java"));

	private static final Pattern REFERENCE = Pattern.compile("`(\\w+Tests)?(?:#([\\w.]+))?`");

	private static final Pattern PROMISE = Pattern.compile("^\\| ([CRWFGJS]\\d) \\|.*", Pattern.MULTILINE);

	@Test
	void testsOfPromisesExist() throws IOException {
		Map<String, Path> sources = sources();
		List<String> missing = new ArrayList<>();
		List<String> found = new ArrayList<>();
		String current = null;
		for (Matcher matcher = REFERENCE.matcher(Files.readString(PAGE)); matcher.find();) {
			current = (matcher.group(1) != null) ? matcher.group(1) : current;
			if (matcher.group(1) != null || matcher.group(2) != null) {
				(exists(sources, current, matcher.group(2)) ? found : missing).add(current + "#" + matcher.group(2));
			}
		}
		assertThat(missing).isEmpty();
		assertThat(found).hasSizeGreaterThan(100);
	}

	@Test
	void everyPromiseNamesATest() throws IOException {
		List<String> promises = new ArrayList<>();
		for (Matcher matcher = PROMISE.matcher(Files.readString(PAGE)); matcher.find();) {
			promises.add(matcher.group(1));
			assertThat(matcher.group()).as(matcher.group(1)).contains("Tests");
		}
		assertThat(promises).contains("R1", "R5", "W1", "W6", "F1", "F2", "J1", "J6", "S1", "S4", "C1", "C4")
			.doesNotHaveDuplicates();
	}

	private static Map<String, Path> sources() throws IOException {
		Map<String, Path> sources = new TreeMap<>();
		for (Path root : SOURCES) {
			try (Stream<Path> files = Files.walk(root)) {
				files.filter((file) -> file.toString().endsWith("Tests.java"))
					.forEach((file) -> sources.put(simpleName(file), root.relativize(file)));
			}
			catch (UncheckedIOException ex) {
				throw ex.getCause();
			}
		}
		return sources;
	}

	private static String simpleName(Path file) {
		return file.getFileName().toString().replace(".java", "");
	}

	private static boolean exists(Map<String, Path> sources, @Nullable String type, @Nullable String method) {
		Path source = (type != null) ? sources.get(type) : null;
		return source != null && (method == null || hasMethod(source, method));
	}

	/**
	 * Return whether a test has a method, in whose name dots stand for anything.
	 * @param source the source of the test
	 * @param method the name
	 * @return whether there is such a method
	 */
	private static boolean hasMethod(Path source, String method) {
		String pattern = Arrays.stream(method.split("\\.{3}", -1))
			.map(Pattern::quote)
			.collect(Collectors.joining(".+"));
		String type = source.toString().replace(".java", "").replace('/', '.');
		return Stream.of(ReflectionUtils.getAllDeclaredMethods(ClassUtils.resolveClassName(type, null)))
			.anyMatch((candidate) -> candidate.getName().matches(pattern));
	}

}
