package io.cachepolicy.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the messages which the documentation explains are those of the sources.
 */
class MessagesDocumentationTests {

	private static final List<Path> SOURCES = List.of(Path.of("src/main/java"),
			Path.of("../cache-policy-journal/src/main/java"), Path.of("../cache-policy-hazelcast/src/main/java"));

	private static final Pattern ROW = Pattern.compile("^\\| .*", Pattern.MULTILINE);

	private static final Pattern QUOTE = Pattern.compile("`([^`]* [^`]* [^`]*)`");

	// What differs from message to message: names, numbers, what is left out
	private static final String VARIABLE = "\\.\\.\\.|(?:: | of )cache '[^']*'|'[^']*'|com\\.acme\\.\\w+|\\[[^\\]]*\\]|\\b(?:PT)?\\d[\\w.:]*";

	@ParameterizedTest
	@CsvSource({ "../docs/faq.md,## By message", "../docs/operations.md,## Log" })
	void messagesAreThoseOfTheSources(Path path, String begin) throws IOException {
		String text = MarkdownPage.read(path).text();
		String sources = sources();
		List<String> unknown = new ArrayList<>();
		List<String> known = new ArrayList<>();
		ROW.matcher(text.substring(text.indexOf("\n" + begin)))
			.results()
			.flatMap((row) -> QUOTE.matcher(row.group().split(" \\| (?!`)")[0]).results())
			.flatMap((quote) -> Stream.of(quote.group(1).split(VARIABLE)).map(String::strip))
			.filter((part) -> part.length() > 8)
			.forEach((part) -> (sources.contains(part) ? known : unknown).add(part));
		assertThat(unknown).isEmpty();
		assertThat(known).hasSizeGreaterThan(20);
	}

	private static String sources() throws IOException {
		StringBuilder sources = new StringBuilder();
		for (Path root : SOURCES) {
			try (Stream<Path> files = Files.walk(root)) {
				for (Path file : files.filter(Files::isRegularFile).toList()) {
					sources.append(Files.readString(file));
				}
			}
		}
		return sources.toString().replaceAll("\"\\s*\\+ \"", "");
	}

}
