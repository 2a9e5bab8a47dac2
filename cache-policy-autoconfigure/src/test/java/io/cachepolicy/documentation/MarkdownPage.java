package io.cachepolicy.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation.
 *
 * @param path where the page is
 * @param text what is in it
 */
record MarkdownPage(Path path, String text) {

	static final Path ROOT = Path.of("..");

	private static final Pattern BLOCK = Pattern.compile("^```(\\w*)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

	private static final Pattern HEADING = Pattern.compile("^#+ +(.+)$", Pattern.MULTILINE);

	private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

	static List<MarkdownPage> all() throws IOException {
		List<Path> paths = new ArrayList<>();
		try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
			files.filter((file) -> file.toString().endsWith(".md")).sorted().forEach(paths::add);
		}
		Stream.of("README.md", "CONTRIBUTING.md", "sample-app/README.md", "benchmarks/README.md")
			.map(ROOT::resolve)
			.forEach(paths::add);
		List<MarkdownPage> pages = new ArrayList<>();
		for (Path path : paths) {
			pages.add(read(path));
		}
		return pages;
	}

	static MarkdownPage read(Path path) throws IOException {
		return new MarkdownPage(path, Files.readString(path));
	}

	/**
	 * Return the blocks of code.
	 * @param languages the languages of the blocks
	 * @return the blocks
	 */
	List<String> blocks(String... languages) {
		return BLOCK.matcher(this.text)
			.results()
			.filter((block) -> List.of(languages).contains(block.group(1)))
			.map((block) -> block.group(2))
			.toList();
	}

	List<String> links() {
		return LINK.matcher(prose()).results().map((link) -> link.group(1)).toList();
	}

	/**
	 * Return the anchors of the headings, as GitHub makes them.
	 * @return the anchors
	 */
	List<String> anchors() {
		List<String> anchors = new ArrayList<>();
		Map<String, Integer> counts = new HashMap<>();
		for (Matcher heading = HEADING.matcher(prose()); heading.find();) {
			String anchor = heading.group(1)
				.strip()
				.toLowerCase(Locale.ROOT)
				.replaceAll("[^\\p{L}\\p{N} _-]", "")
				.replace(' ', '-');
			int count = counts.merge(anchor, 1, Integer::sum);
			anchors.add((count > 1) ? anchor + "-" + (count - 1) : anchor);
		}
		return anchors;
	}

	private String prose() {
		return BLOCK.matcher(this.text).replaceAll("");
	}

	@Override
	public String toString() {
		return ROOT.relativize(this.path).toString();
	}

}
