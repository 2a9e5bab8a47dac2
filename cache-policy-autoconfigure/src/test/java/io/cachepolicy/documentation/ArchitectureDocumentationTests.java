package io.cachepolicy.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that what {@code docs/architecture.md} tells of classes and packages is true.
 */
class ArchitectureDocumentationTests {

	private static final Path PAGE = Path.of("../docs/architecture.md");

	private static final String ROOT = "io.cachepolicy";

	private static final Pattern CODE = Pattern.compile("`([A-Z]\\w+(?:\\.[A-Z]\\w+)*)(?:#(\\w+))?`");

	private static final Pattern ARROW = Pattern.compile("^ {4}(\\S+) --> (.+)$", Pattern.MULTILINE);

	private static final JavaClasses MAIN = new ClassFileImporter()
		.withImportOption(new ImportOption.DoNotIncludeTests())
		.importPackages(ROOT);

	@Test
	void classesAndMethodsExist() throws IOException {
		List<String> missing = new ArrayList<>();
		int found = 0;
		for (Matcher code = CODE.matcher(Files.readString(PAGE)); code.find();) {
			if (exists(code.group(1), code.group(2))) {
				found++;
			}
			else {
				missing.add(code.group());
			}
		}
		assertThat(missing).isEmpty();
		assertThat(found).isGreaterThan(80);
	}

	private static boolean exists(String name, String method) {
		String simpleName = name.replace('.', '$');
		return MAIN.stream()
			.filter((type) -> type.getName().endsWith("." + simpleName))
			.anyMatch((type) -> method == null
					|| type.getAllMethods().stream().anyMatch((candidate) -> candidate.getName().equals(method)));
	}

	@Test
	void pictureShowsAllPackagesAndHowTheyDependOnEachOther() throws IOException {
		Map<String, Set<String>> drawn = drawn();
		Map<String, Set<String>> real = real();
		assertThat(nodes(drawn)).isEqualTo(nodes(real));
		drawn.forEach((from, to) -> assertThat(real.get(from)).as("really known by %s", from).containsAll(to));
		real.forEach((from, to) -> assertThat(reached(drawn, from)).as("drawn as known by %s", from).containsAll(to));
	}

	private static Map<String, Set<String>> drawn() throws IOException {
		Map<String, Set<String>> arrows = new TreeMap<>();
		for (Matcher arrow = ARROW.matcher(Files.readString(PAGE)); arrow.find();) {
			Arrays.stream(arrow.group(2).split(" & "))
				.map(ArchitectureDocumentationTests::name)
				.forEach(
						(target) -> arrows.computeIfAbsent(name(arrow.group(1)), (key) -> new TreeSet<>()).add(target));
		}
		return arrows;
	}

	private static String name(String node) {
		return (node.startsWith("api")) ? "" : node;
	}

	private static Map<String, Set<String>> real() {
		Map<String, Set<String>> arrows = new TreeMap<>();
		for (JavaClass type : MAIN) {
			type.getDirectDependenciesFromSelf()
				.stream()
				.map((dependency) -> dependency.getTargetClass().getBaseComponentType().getPackageName())
				.filter((name) -> name.startsWith(ROOT) && !name.equals(type.getPackageName()))
				.forEach((name) -> arrows.computeIfAbsent(roomOf(type.getPackageName()), (key) -> new TreeSet<>())
					.add(roomOf(name)));
		}
		return arrows;
	}

	private static String roomOf(String packageName) {
		return (packageName.length() > ROOT.length()) ? packageName.substring(ROOT.length() + 1) : "";
	}

	private static Set<String> nodes(Map<String, Set<String>> arrows) {
		Set<String> nodes = new TreeSet<>(arrows.keySet());
		arrows.values().forEach(nodes::addAll);
		return nodes;
	}

	private static Set<String> reached(Map<String, Set<String>> arrows, String from) {
		Set<String> reached = new TreeSet<>();
		Deque<String> open = new ArrayDeque<>(List.of(from));
		while (!open.isEmpty()) {
			for (String next : arrows.getOrDefault(open.remove(), Set.of())) {
				if (reached.add(next)) {
					open.add(next);
				}
			}
		}
		return reached;
	}

}
