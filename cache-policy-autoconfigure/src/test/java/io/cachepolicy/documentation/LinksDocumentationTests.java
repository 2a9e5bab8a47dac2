package io.cachepolicy.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the relative links of the documentation lead somewhere.
 */
class LinksDocumentationTests {

	@Test
	void linksAndAnchorsLeadSomewhere() throws IOException {
		List<String> broken = new ArrayList<>();
		int links = 0;
		for (MarkdownPage page : MarkdownPage.all()) {
			for (String link : page.links()) {
				if (!link.matches("\\w+:.*")) {
					links++;
					if (!leadsSomewhere(page, link)) {
						broken.add(page + ": " + link);
					}
				}
			}
		}
		assertThat(broken).isEmpty();
		assertThat(links).isGreaterThan(100);
	}

	@Test
	void anchorsAreThoseOfGitHub() {
		MarkdownPage page = new MarkdownPage(Path.of("page.md"), """
				# `@Transactional` and what can't be *read*
				```
				# a comment
				```
				## Twice
				## Twice
				""");
		assertThat(page.anchors()).containsExactly("transactional-and-what-cant-be-read", "twice", "twice-1");
		assertThat(leads(page, "#twice-1")).isTrue();
		assertThat(leads(page, "#thrice")).isFalse();
	}

	@Test
	void everyPageIsLinkedFromTheReadme() throws IOException {
		MarkdownPage readme = MarkdownPage.read(Path.of("../README.md"));
		assertThat(MarkdownPage.all()).filteredOn((page) -> page.toString().startsWith("docs/"))
			.allSatisfy((page) -> assertThat(readme.links()).contains(page.toString()));
	}

	private static boolean leadsSomewhere(MarkdownPage page, String link) throws IOException {
		String[] parts = link.split("#", 2);
		Path target = parts[0].isEmpty() ? page.path() : page.path().resolveSibling(parts[0]).normalize();
		return Files.exists(target) && (parts.length == 1 || leads(MarkdownPage.read(target), "#" + parts[1]));
	}

	private static boolean leads(MarkdownPage page, String anchor) {
		return page.anchors().contains(anchor.substring(1));
	}

}
